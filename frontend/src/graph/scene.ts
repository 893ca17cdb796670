// The picture as SVG elements by id: new ones fade in, changed ones flash, gone ones fade out, the others stay.
import type { Lab } from "../lab";
import type { EdgeValue, FrameValue, GroupValue, NodeValue } from "../types";
import { line, shape } from "./shapes";
import { fitted, svg, width } from "./svg";

const CALM = new Set(["Running", "Active", ""]);
const GONE = 450;
let scenes = 0;

interface Drawn {
  element: SVGGElement;
  value: unknown;
}

export class Scene {
  readonly view = svg("g", { class: "view" });
  readonly nodes = new Map<string, Drawn>();
  readonly edges = new Map<string, Drawn>();
  private readonly frames = new Map<string, Drawn>();
  private readonly groups = new Map<string, Drawn>();
  private readonly layers: Record<string, SVGGElement>;
  private readonly heads = new Map<string, string>();
  private readonly defs = svg("defs");
  private readonly number = ++scenes;
  private fresh = true;

  constructor(private readonly lab: Lab) {
    this.layers = Object.fromEntries(["frames", "edges", "groups", "nodes"].map((name) => [name, svg("g", { class: name })]));
    this.view.append(this.defs, ...Object.values(this.layers));
  }

  /** Make the picture what the sections say. */
  update() {
    const { lab } = this;
    const roomy = Boolean(lab.section("canvas").roomy);
    this.keyed("frames", this.frames, lab.section("frames"), (name, value) => this.frame(name, value));
    this.keyed("edges", this.edges, lab.section("edges"), (_, value, old) => this.edge(value, old));
    this.keyed("groups", this.groups, lab.section("groups"), (_, value) => this.group(value));
    this.keyed("nodes", this.nodes, lab.section("nodes"), (name, value, old) => this.node(name, value, roomy, old));
    if (!this.fresh) {
      for (const [name, how] of Object.entries(lab.touched)) if (how === "changed") flash(this.find(name));
    }
    this.fresh = false;
  }

  /** The element of an object: its card, or the title of its frame. */
  find(name: string): SVGGElement | undefined {
    return this.nodes.get(name)?.element ?? (name.startsWith("namespace/") ? this.title(name.slice(10)) : undefined);
  }

  private title(space: string): SVGGElement | undefined {
    return this.frames.get(space)?.element.querySelector<SVGGElement>(".title") ?? undefined;
  }

  private keyed(
    layer: string,
    drawn: Map<string, Drawn>,
    wanted: Record<string, unknown>,
    draw: (name: string, value: any, old?: SVGGElement) => SVGGElement,
  ) {
    for (const [name, found] of drawn) {
      if (name in wanted) continue;
      drawn.delete(name);
      leave(found.element);
    }
    for (const [name, value] of Object.entries(wanted)) {
      const found = drawn.get(name);
      if (found?.value === value) continue;
      const element = draw(name, value, found?.element);
      if (found) {
        if (element !== found.element) {
          // a card that is drawn anew starts where it was, so that it glides to its place
          const place = element.style.transform;
          element.style.transform = found.element.style.transform;
          found.element.replaceWith(element);
          void element.getBoundingClientRect();
          element.style.transform = place;
        }
      } else {
        if (!this.fresh) enter(element);
        this.layers[layer]!.append(element);
      }
      drawn.set(name, { element, value });
    }
  }

  private frame(space: string, [x, y, w, h, head, phase]: FrameValue): SVGGElement {
    const missing = phase === "Missing";
    const group = svg("g", { class: `frame${missing ? " missing" : ""}` });
    move(group, x, y);
    group.append(svg("rect", { width: w, height: h, rx: 12 }));
    if (!space) {
      group.append(svg("text", { x: 14, y: h / 2 + 4, class: "soft" }, "cluster"));
      return group;
    }
    const name = `namespace/${space}`;
    const words = phase === "Active" ? "" : phase === "Missing" ? "not there" : phase;
    const title = svg("g", {
      class: "title node", tabindex: -1, role: "button", "data-id": name, "aria-label": `Namespace ${space}${words ? `, ${words}` : ""}`,
    });
    title.append(svg("rect", { class: "hit", x: 4, y: 4, width: w - 8, height: head - 8, rx: 8 }));
    const used = this.badge(title, "Namespace", 14, head / 2 + 2, 18);
    const right = words ? width(words, 11) + 20 : 0;
    title.append(svg("text", { x: 14 + used + 8, y: head / 2 + 6.5, class: "name big" }, fitted(space, 14, w - used - 38 - right, true)));
    if (words) title.append(svg("text", { x: w - 14, y: head / 2 + 6, class: "soft", "text-anchor": "end" }, words));
    group.append(title);
    return group;
  }

  private node(name: string, value: NodeValue, roomy: boolean, old?: SVGGElement): SVGGElement {
    const [kind, space, title, phase, many, x, y, w, h] = value;
    const before = old && (this.nodes.get(name)!.value as NodeValue);
    if (old && before && [0, 1, 2, 3, 4, 7, 8].every((at) => before[at] === value[at])) {
      move(old, x, y);
      return old;
    }
    const words = phase === "Missing" ? "not there" : phase;
    const card = svg("g", {
      class: `node card ${phase.toLowerCase()}`, tabindex: -1, role: "button", "data-id": name, "data-kind": kind,
      "aria-label": many > 1 ? `${many} ${kind}s${space ? ` in ${space}` : ""}` : `${kind} ${title}${space ? ` in ${space}` : ""}${words ? `, ${words}` : ""}`,
    });
    card.style.setProperty("--kind", this.lab.kind(kind)[0]);
    move(card, x, y);
    card.append(svg("title", {}, `${kind} ${title}${words ? ` · ${words}` : ""}`));
    card.append(svg("rect", { class: "box", width: w, height: h, rx: 7 }));
    const used = (roomy ? 9 : 5) + this.badge(card, kind, roomy ? 9 : 5, h / 2, roomy ? 22 : 15) + (roomy ? 8 : 5);
    const room = w - used - 7;
    if (many > 1 || name.endsWith("/*")) {
      card.append(svg("text", { x: w - 8, y: h / 2 + 4, class: "name", "text-anchor": "end" }, many.toLocaleString("en")));
    } else if (roomy) {
      card.append(svg("text", { x: used, y: h / 2 - 3, class: "name" }, fitted(title, 12, room, true)));
      card.append(svg("text", { x: used, y: h / 2 + 11, class: "soft" }, fitted(words ? `${kind} · ${words}` : kind, 10, room)));
    } else {
      const told = CALM.has(phase) ? "" : words;
      const right = told ? width(told, 8) + 4 : 0;
      if (told) card.append(svg("text", { x: w - 6, y: h / 2 + 3, class: "soft tiny", "text-anchor": "end" }, told));
      card.append(svg("text", { x: used, y: h / 2 + 3.5, class: "name small" }, fitted(title, 10, room - right)));
    }
    return card;
  }

  private group([x, y, w, h, kind, members, phases]: GroupValue): SVGGElement {
    const group = svg("g", { class: "group", "data-kind": kind });
    group.style.setProperty("--kind", this.lab.kind(kind)[0]);
    move(group, x, y);
    const head = `${members.length} ${kind}s`;
    group.append(svg("rect", { width: w, height: h, rx: 9 }), svg("text", { x: 10, y: 16, class: "count" }, head));
    group.append(svg("text", { x: w - 10, y: 16, class: "soft tiny", "text-anchor": "end" }, fitted(phases, 8, w - width(head, 11, true) - 32)));
    return group;
  }

  private edge([source, target, kind, many, angular, points]: EdgeValue, old?: SVGGElement): SVGGElement {
    const [colour, dashes, thick, words] = this.lab.stroke(kind);
    const heavy = many > 9 ? Math.min(3, 0.4 * String(many).length) : 0;
    const path = line(points, angular);
    if (old) {
      for (const each of old.querySelectorAll("path")) each.setAttribute("d", path);
      return old;
    }
    const group = svg("g", { class: "edge", "data-type": kind, "data-source": source, "data-target": target });
    group.style.setProperty("--kind", colour);
    const dash = dashes.map((part) => part * (thick + 0.6)).join(" ") || undefined;
    group.append(
      svg("path", { class: "halo", d: path }),
      svg("path", { class: "stroke", d: path, "stroke-width": thick + heavy, "stroke-dasharray": dash, "marker-end": `url(#${this.arrow(kind, colour)})` }),
      svg("title", {}, `${source} ${words} ${target}`),
    );
    return group;
  }

  /** The head of arrows of one colour. */
  private arrow(kind: string, colour: string): string {
    let id = this.heads.get(kind);
    if (!id) {
      id = `sanb-${this.number}-${kind}`;
      this.heads.set(kind, id);
      const head = svg("path", { d: "M0,0.6L8,4L0,7.4Z", class: "head" });
      head.style.setProperty("--kind", colour);
      this.defs.append(svg("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto", markerUnits: "userSpaceOnUse" }, head));
    }
    return id;
  }

  private badge(parent: SVGGElement, kind: string, x: number, middle: number, height: number): number {
    const [colour, letters, form] = this.lab.kind(kind);
    const size = height * 0.46;
    const narrow = form === "circle" || form === "square";
    const w = Math.max(height, width(letters, size, true) + (narrow ? 6 : height * 0.55)) + (form === "tag" ? 4 : 0);
    const badge = svg("g", { class: "badge", "aria-hidden": "true" });
    badge.style.setProperty("--kind", colour);
    badge.append(svg("path", { d: shape(form, x, middle - height / 2, w, height) }));
    badge.append(svg("text", { x: x + w / 2 - (form === "tag" ? 2 : 0), y: middle + size * 0.35, "font-size": size, "text-anchor": "middle" }, letters));
    parent.append(badge);
    return w;
  }
}

function move(element: SVGGElement, x: number, y: number) {
  element.style.transform = `translate(${x}px,${y}px)`;
}

function enter(element: SVGGElement) {
  element.classList.add("enter");
  setTimeout(() => element.classList.remove("enter"), 900);
}

function leave(element: SVGGElement) {
  element.classList.add("leave");
  element.removeAttribute("tabindex");
  setTimeout(() => element.remove(), GONE);
}

function flash(element: SVGGElement | undefined) {
  if (!element) return;
  element.classList.remove("flash");
  void element.getBoundingClientRect();
  element.classList.add("flash");
  setTimeout(() => element.classList.remove("flash"), 1200);
}
