// The graph: the scene in a window that zooms, with filters, search, focus and keys.
import { select } from "d3-selection";
import "../stubs/transition";
import { zoom, zoomIdentity, type ZoomBehavior } from "d3-zoom";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLab, type Lab } from "../lab";
import type { Canvas } from "../types";
import { Legend } from "./legend";
import { Scene } from "./scene";
import { svg } from "./svg";

export interface Filter {
  kinds: Set<string>;
  types: Set<string>;
}

const SMALLEST = 0.45;
const LARGEST = 1.15;

export class View {
  readonly scene: Scene;
  private readonly zoom: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly watcher: ResizeObserver;
  private moved = false;

  constructor(
    private readonly lab: Lab,
    readonly element: SVGSVGElement,
  ) {
    this.scene = new Scene(lab);
    element.append(this.scene.view);
    this.zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.05, 4])
      // the wheel scrolls the notebook, unless somebody works in the graph or holds Ctrl
      .filter((event) => (event.type === "wheel" ? event.ctrlKey || event.metaKey || element.contains(document.activeElement) : !event.button))
      .on("zoom", (event) => {
        if (event.sourceEvent) this.moved = true;
        this.scene.view.setAttribute("transform", event.transform.toString());
      });
    select(element).call(this.zoom).on("dblclick.zoom", null);
    this.watcher = new ResizeObserver(() => this.settle());
    this.watcher.observe(element);
  }

  close() {
    this.watcher.disconnect();
  }

  update() {
    this.scene.update();
    this.settle();
  }

  /** Show everything, as long as nobody has zoomed. */
  settle() {
    if (!this.moved) this.fit();
  }

  fit(again = false) {
    if (again) this.moved = false;
    const canvas = this.lab.section("canvas") as unknown as Canvas;
    const { clientWidth: w, clientHeight: h } = this.element;
    if (!canvas.size || !w || !h) return;
    const [width, height] = canvas.size;
    const scale = Math.min(LARGEST, Math.max(SMALLEST, Math.min(w / width, h / height)));
    const x = Math.max(0, (w - width * scale) / 2);
    const y = Math.max(0, (h - height * scale) / 2);
    select(this.element).call(this.zoom.transform, zoomIdentity.translate(x, y).scale(scale));
  }

  by(factor: number) {
    this.moved = true;
    select(this.element).call(this.zoom.scaleBy, factor);
  }

  /** Bring an object into the window. */
  reveal(name: string) {
    const found = this.scene.find(name);
    if (!found) return;
    const [card, box] = [found.getBoundingClientRect(), this.element.getBoundingClientRect()];
    const out = (low: number, high: number, from: number, to: number) => (low < from ? from - low + 20 : high > to ? to - high - 20 : 0);
    const dx = out(card.left, card.right, box.left, box.right);
    const dy = out(card.top, card.bottom, box.top, box.bottom);
    if (!dx && !dy) return;
    this.moved = true;
    const scale = this.scene.view.getCTM()?.a ?? 1;
    select(this.element).call(this.zoom.translateBy, dx / scale, dy / scale);
  }

  /** What is dimmed, hidden and marked. */
  dress(filter: Filter, search: string, focused: boolean) {
    const { selected, brushed } = this.lab;
    const near = focused && selected ? this.neighbours(selected) : null;
    const text = search.trim().toLowerCase();
    for (const element of this.element.querySelectorAll<SVGGElement>(".node, .group")) {
      const name = element.dataset.id ?? "";
      const kind = element.dataset.kind ?? "Namespace";
      const dim = name !== "" && ((near && !near.has(name)) || (text && !name.includes(text)) || (brushed.size > 0 && !brushed.has(name)));
      element.classList.toggle("hidden", filter.kinds.has(kind));
      element.classList.toggle("dim", Boolean(dim));
      element.classList.toggle("selected", name === selected);
      sign(element, this.lab.marked.get(name));
    }
    const homes = this.homes(selected);
    for (const element of this.element.querySelectorAll<SVGGElement>(".edge")) {
      const { type, source, target } = element.dataset as Record<string, string>;
      const touches = homes.has(source!) || homes.has(target!);
      element.classList.toggle("hidden", filter.types.has(type!) || filter.kinds.has(kindOf(this.lab, source!)) || filter.kinds.has(kindOf(this.lab, target!)));
      element.classList.toggle("near", Boolean(selected) && touches);
      element.classList.toggle("dim", Boolean(text) || brushed.size > 0 || Boolean(near && !touches));
    }
    this.rove(selected);
  }

  /** An object and the group that it is in: lines may end at either. */
  private homes(name: string): Set<string> {
    const groups = Object.entries(this.lab.section("groups")).filter(([, value]) => value[5].includes(name));
    return new Set(name ? [name, ...groups.map(([group]) => group)] : []);
  }

  private neighbours(name: string): Set<string> {
    const homes = this.homes(name);
    const groups = this.lab.section("groups");
    const found = new Set<string>([name]);
    for (const [source, target] of Object.values(this.lab.section("edges"))) {
      const other = homes.has(source) ? target : homes.has(target) ? source : "";
      for (const each of groups[other]?.[5] ?? [other]) found.add(each);
    }
    return found;
  }

  /** One card at a time is on the way of the Tab key. */
  private rove(name: string) {
    const all = [...this.element.querySelectorAll<SVGGElement>("[data-id]:not(.hidden)")];
    const chosen = all.find((each) => each.dataset.id === name) ?? all[0];
    for (const each of all) each.setAttribute("tabindex", each === chosen ? "0" : "-1");
  }

  /** Arrow keys: the nearest card in that direction. */
  walk(from: SVGGElement, dx: number, dy: number) {
    const middle = (element: Element) => {
      const box = element.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2] as const;
    };
    const [x0, y0] = middle(from);
    let best: SVGGElement | undefined;
    let least = Infinity;
    for (const each of this.element.querySelectorAll<SVGGElement>("[data-id]:not(.hidden)")) {
      const [x, y] = middle(each);
      const along = (x - x0) * dx + (y - y0) * dy;
      const across = Math.abs((x - x0) * dy) + Math.abs((y - y0) * dx);
      const far = along + 2.5 * across;
      if (each !== from && along > 4 && far < least) [best, least] = [each, far];
    }
    if (!best) return;
    for (const each of this.element.querySelectorAll("[data-id][tabindex='0']")) each.setAttribute("tabindex", "-1");
    best.setAttribute("tabindex", "0");
    best.focus();
    this.reveal(best.dataset.id!);
  }
}

/** A plus, and an equals sign that is crossed out: fonts draw these in their own ways. */
export const SIGNS: Record<string, string> = { only: "M-4,0H4M0,-4V4", differs: "M-4,-2H4M-4,2H4M2.5,-5L-2.5,5" };

/** What differs from another cluster carries a sign: "+" only here, "≠" a field differs. */
function sign(element: SVGGElement, how: string | undefined) {
  const old = element.querySelector(".sign");
  if (old?.getAttribute("data-how") === how || (!old && !how)) return;
  old?.remove();
  const box = element.querySelector(".box, .hit");
  if (!how || !box) return;
  const place = svg("g", { class: "sign", "data-how": how, transform: `translate(${Number(box.getAttribute("x") ?? 0) + Number(box.getAttribute("width")) - 3},${Number(box.getAttribute("y") ?? 0) + 2})` });
  place.append(svg("title", {}, how === "only" ? "only here" : "a field differs"), svg("circle", { r: 8 }), svg("path", { d: SIGNS[how] }));
  element.append(place);
}

function kindOf(lab: Lab, name: string): string {
  return lab.section("nodes")[name]?.[0] ?? lab.section("groups")[name]?.[4] ?? "Namespace";
}

const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function Graph() {
  const lab = useLab();
  const holder = useRef<SVGSVGElement>(null);
  const view = useRef<View | null>(null);
  const [filter, setFilter] = useState<Filter>({ kinds: new Set(), types: new Set() });
  const [search, setSearch] = useState("");
  const [focused, setFocused] = useState(false);

  useEffect(() => {
    view.current = new View(lab, holder.current!);
    (holder.current as any).__view = view.current;
    return () => view.current?.close();
  }, []);
  useEffect(() => {
    if (lab.ready) view.current?.update();
  }, [lab.tick]);
  useEffect(() => view.current?.dress(filter, search, focused), [lab.tick, lab.selected, lab.brushed, lab.marked, filter, search, focused]);
  useEffect(() => {
    if (lab.selected) view.current?.reveal(lab.selected);
  }, [lab.selected]);

  const pick = (target: EventTarget | null) => {
    const found = (target as Element | null)?.closest<SVGGElement>("[data-id]");
    lab.select(found?.dataset.id ?? "");
  };
  const key = (event: KeyboardEvent) => {
    const from = (event.target as Element).closest<SVGGElement>("[data-id]");
    const arrow = ARROWS[event.key];
    if (arrow && from) view.current?.walk(from, ...arrow);
    else if (event.key === "Enter" || event.key === " ") pick(event.target);
    else if (event.key === "Escape") lab.select("");
    else if (event.key === "+" || event.key === "=") view.current?.by(1.25);
    else if (event.key === "-") view.current?.by(0.8);
    else if (event.key === "0") view.current?.fit(true);
    else if (event.key === "f") setFocused(!focused);
    else return;
    event.preventDefault();
  };
  const find = () => {
    const found = Object.keys(lab.section("nodes")).find((name) => name.includes(search.trim().toLowerCase()));
    if (search.trim() && found) lab.select(found);
  };
  const { head } = lab;
  const filtered = filter.kinds.size + filter.types.size > 0 || search !== "" || focused || lab.brushed.size > 0 || (head.namespace ?? "~") !== "~";
  const undo = () => {
    setFilter({ kinds: new Set(), types: new Set() });
    setSearch("");
    setFocused(false);
    lab.brush(new Set());
    if (head.namespace !== "~") lab.tellDesk("namespace", { name: "~" });
  };
  const canvas = lab.section("canvas") as unknown as Canvas;
  return (
    <section class="graph" aria-label="Graph">
      <div class="bar">
        <select aria-label="Namespace" value={head.namespace} onChange={(event) => lab.tellDesk("namespace", { name: event.currentTarget.value })}>
          <option value="~">without kube-*</option>
          <option value="">all namespaces</option>
          {(head.spaces ?? []).map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
        <input
          type="search" aria-label="Search in the graph" placeholder="Search" value={search}
          onInput={(event) => setSearch(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && find()}
        />
        <button aria-pressed={focused} disabled={!lab.selected && !focused} onClick={() => setFocused(!focused)} title="Only the neighbours of what is selected (f)">Focus</button>
        <button disabled={!filtered} onClick={undo} title="Show what the filters, the search, the focus and the brush leave out">Undo filters</button>
        <span class="space" />
        {lab.brushed.size > 0 && <button onClick={() => lab.brush(new Set())}>{lab.brushed.size} brushed ✕</button>}
        <div class="row" role="group" aria-label="Zoom">
          <button aria-label="Zoom out" onClick={() => view.current?.by(0.8)}>−</button>
          <button aria-label="Show everything" onClick={() => view.current?.fit(true)}>Fit</button>
          <button aria-label="Zoom in" onClick={() => view.current?.by(1.25)}>+</button>
        </div>
      </div>
      <svg
        ref={holder} class="canvas" role="group" aria-label={`${canvas.objects ?? 0} objects; arrow keys go from one to the next`}
        onClick={(event) => pick(event.target)} onKeyDown={key}
      />
      {canvas.summarised && (
        <p class="note">{canvas.objects.toLocaleString("en")} objects, counted by namespace and kind: choose a namespace to see each{canvas.leftOut ? `; ${canvas.leftOut} smaller namespaces are not shown` : ""}.</p>
      )}
      <Legend filter={filter} onChange={setFilter} />
    </section>
  );
}
