// The shapes of badges, and lines, as paths: the same as in still pictures (sanb/views/pen.py).
const CORNERS: Record<string, [number, number][]> = {
  square: [[0.03, 0], [0.97, 0], [0.97, 1], [0.03, 1]],
  hexagon: [[0.2, 0], [0.8, 0], [1, 0.5], [0.8, 1], [0.2, 1], [0, 0.5]],
  octagon: [[0.22, 0], [0.78, 0], [1, 0.26], [1, 0.74], [0.78, 1], [0.22, 1], [0, 0.74], [0, 0.26]],
  diamond: [[0.5, -0.15], [1.08, 0.5], [0.5, 1.15], [-0.08, 0.5]],
  tag: [[0, 0], [0.78, 0], [1, 0.5], [0.78, 1], [0, 1]],
};

export function shape(name: string, x: number, y: number, w: number, h: number): string {
  const corners = CORNERS[name];
  if (corners) return `M${corners.map(([a, b]) => `${x + a * w},${y + b * h}`).join("L")}Z`;
  const r = name === "rounded" ? Math.min(5, h / 2) : h / 2;
  const a = `a${r},${r} 0 0 1 `;
  const [across, down] = [w - 2 * r, h - 2 * r];
  return `M${x + r},${y}h${across}${a}${r},${r}v${down}${a}${-r},${r}h${-across}${a}${-r},${-r}v${-down}${a}${r},${-r}Z`;
}

/** Through all points: flat at each of them, or along horizontals and verticals with round corners. */
export function line(points: number[], angular: boolean): string {
  return angular ? elbows(points) : curve(points);
}

function curve(points: number[]): string {
  let path = `M${points[0]},${points[1]}`;
  for (let at = 2; at < points.length; at += 2) {
    const [x0, y0, x1, y1] = points.slice(at - 2, at + 2) as [number, number, number, number];
    const half = (x0 + x1) / 2;
    path += `C${half},${y0} ${half},${y1} ${x1},${y1}`;
  }
  return path;
}

function elbows(points: number[], radius = 8): string {
  let path = `M${points[0]},${points[1]}`;
  for (let at = 2; at < points.length - 2; at += 2) {
    const corner: Point = [points[at]!, points[at + 1]!];
    const before = toward(corner, [points[at - 2]!, points[at - 1]!], radius);
    const after = toward(corner, [points[at + 2]!, points[at + 3]!], radius);
    path += `L${before}Q${corner} ${after}`;
  }
  return `${path}L${points.at(-2)},${points.at(-1)}`;
}

type Point = [number, number];

function toward(start: Point, end: Point, most: number): Point {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = Math.abs(dx) + Math.abs(dy);
  const share = length ? Math.min(most, length / 2) / length : 0;
  return [start[0] + dx * share, start[1] + dy * share];
}
