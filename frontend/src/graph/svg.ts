// Making SVG elements, and texts that fit.
const SPACE = "http://www.w3.org/2000/svg";

export type Attributes = Record<string, string | number | undefined>;

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SPACE, tag);
  set(made, attributes);
  made.append(...children);
  return made;
}

export function set(element: Element, attributes: Attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}

let pen: CanvasRenderingContext2D | null = null;
const widths = new Map<string, number>();
export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

export function width(text: string, size: number, bold = false): number {
  const key = `${size}${bold}${text}`;
  let found = widths.get(key);
  if (found === undefined) {
    pen ??= document.createElement("canvas").getContext("2d");
    if (!pen) return text.length * size * 0.6;
    pen.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
    found = pen.measureText(text).width;
    if (widths.size > 20000) widths.clear();
    widths.set(key, found);
  }
  return found;
}

/** The text, or as much of its start and end as fits around an ellipsis: names differ at both ends. */
export function fitted(text: string, size: number, room: number, bold = false): string {
  if (width(text, size, bold) <= room) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const keep = (low + high + 1) >> 1;
    if (width(elided(text, keep), size, bold) <= room) low = keep;
    else high = keep - 1;
  }
  return low ? elided(text, low) : "";
}

function elided(text: string, keep: number): string {
  const tail = keep >> 1;
  const start = text.slice(0, keep - tail).replace(/[-. ]+$/, "");
  return `${start}…${tail ? text.slice(-tail).replace(/^[-. ]+/, "") : ""}`;
}
