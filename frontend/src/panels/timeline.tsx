// Lanes of components on virtual time, with arrows from cause to effect.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useLab } from "../lab";
import { clock, Code, Name, useAnswer } from "../parts";
import type { CallDetail, MarkValue } from "../types";

const SLOT = 26;
const PAUSE = 22;
const LANE = 34;
const LABEL = 88;
const TOP = 22;
const SIGNS: Record<string, string> = { create: "+", update: "~", patch: "~", delete: "−", deletecollection: "−" };
const DID: Record<string, string> = { create: "created", update: "changed", patch: "changed", delete: "deleted", deletecollection: "deleted" };

const KEY: [string, string][] = [["+", "created"], ["~", "changed"], ["−", "deleted"], ["→", "bound to a node"], ["T", "token issued"], ["!", "refused"]];

interface Place {
  number: number;
  mark: MarkValue;
  x: number;
  y: number;
}

export function idOf(mark: MarkValue): string {
  return [mark[3].toLowerCase(), mark[5], mark[6]].filter(Boolean).join("/");
}

export function Timeline() {
  const lab = useLab();
  const [chosen, setChosen] = useState<number | null>(null);
  const [brush, setBrush] = useState<[number, number] | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  /** Where a stretch of time begins that keys choose. */
  const anchor = useRef<number | null>(null);
  const marks = lab.section("marks") as unknown as Record<string, MarkValue>;
  const { places, lanes, times, width } = useMemo(() => arranged(marks, lab.titles), [lab.sections.marks]);
  const height = TOP + lanes.length * LANE + 6;
  useEffect(() => {
    if (holder.current) holder.current.scrollLeft = holder.current.scrollWidth;
  }, [places.length]);

  useEffect(() => {
    if (chosen !== null) holder.current?.querySelector(`[data-mark='${chosen}']`)?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [chosen]);

  const at = (event: PointerEvent) => event.clientX - (event.currentTarget as Element).getBoundingClientRect().left;
  const down = (event: PointerEvent) => {
    if ((event.target as Element).closest(".mark")) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    setBrush([at(event), at(event)]);
  };
  const drag = (event: PointerEvent) => brush && event.buttons && setBrush([brush[0], at(event)]);
  const up = () => {
    if (!brush) return;
    const [from, to] = [Math.min(...brush), Math.max(...brush)];
    if (!within(from, to)) setBrush(null);
  };
  /** Only objects with a mark in this stretch are shown in graph and tables; tells whether there are some. */
  const within = (from: number, to: number) => {
    const found = to - from < 5 ? [] : places.filter((each) => each.x >= from && each.x <= to);
    lab.brush(new Set(found.map((each) => idOf(each.mark))));
    return found.length > 0;
  };
  useEffect(() => {
    if (!lab.brushed.size) setBrush(null);
  }, [lab.brushed]);

  const choose = (place: Place) => {
    setChosen(place.number);
    lab.select(idOf(place.mark));
  };
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const now = places.findIndex((each) => each.number === Number((event.target as HTMLElement).dataset.mark));
    if (step && now >= 0) {
      event.preventDefault();
      const next = places[now + step];
      if (!next) return;
      holder.current?.querySelector<SVGElement>(`[data-mark='${next.number}']`)?.focus();
      if (event.shiftKey) {
        const from = anchor.current ?? places[now]!.x;
        const ends: [number, number] = [Math.min(from, next.x) - SLOT / 2, Math.max(from, next.x) + SLOT / 2];
        anchor.current = from;
        setBrush(ends);
        within(...ends);
      } else anchor.current = null;
    } else if (event.key === "Escape" && lab.brushed.size) {
      event.preventDefault();
      anchor.current = null;
      lab.brush(new Set());
    } else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
      event.preventDefault();
      choose(places[now]!);
    }
  };
  const known = new Map(places.map((place) => [place.number, place]));
  const last = places.at(-1);
  return (
    <section class={`timeline${chosen !== null ? " open" : ""}`} aria-label="Timeline">
      <div class="course">
      <div class="lanes">
        <div class="titles" style={{ paddingTop: `${TOP}px` }} aria-hidden="true">
          {lanes.map((lane) => <span key={lane} style={{ height: `${LANE}px` }}>{lane}</span>)}
        </div>
        <div class="scroll" ref={holder}>
          <svg width={width} height={height} role="group" aria-label={`${places.length} calls; arrow keys go from one to the next, with Shift they choose a stretch of time`} onPointerDown={down} onPointerMove={drag} onPointerUp={up} onKeyDown={key}>
            {lanes.map((lane, row) => <line key={lane} class="lane" x1="0" x2="100%" y1={TOP + row * LANE + LANE / 2} y2={TOP + row * LANE + LANE / 2} />)}
            {times.map(([x, time]) => (
              <g key={x} class="time"><line x1={x} x2={x} y1="14" y2={height} /><text x={x + 3} y="11">{clock(time)}</text></g>
            ))}
            {brush && <rect class="brush" x={Math.min(...brush)} width={Math.abs(brush[1] - brush[0])} y="0" height={height} />}
            {places.map((place) => {
              const cause = known.get(place.mark[8]);
              return cause && <path key={`c${place.number}`} class={`because${chosen === place.number || chosen === cause.number ? " near" : ""}`} d={arrow(cause, place)} />;
            })}
            {places.map((place) => {
              const [time, lane, verb, kind, sub, space, name, failed] = place.mark;
              const words = `${lane} ${failed ? "was refused to have " : ""}${sub ? `${verb} ${sub} of` : (DID[verb] ?? verb)} ${kind} ${space ? `${space}/` : ""}${name} at ${clock(time)}`;
              const id = idOf(place.mark);
              return (
                <g
                  key={place.number} class={`mark${failed ? " failed" : ""}${chosen === place.number ? " chosen" : ""}${lab.selected === id ? " same" : ""}`}
                  transform={`translate(${place.x},${place.y})`} role="button" aria-label={words} data-mark={place.number}
                  tabindex={place === last ? 0 : -1} style={{ "--kind": lab.kind(kind)[0], "--verb": failed ? "#B3261E" : (lab.looks.verbs[verb] ?? "#6B7280") }} onClick={() => choose(place)}
                >
                  <title>{words}</title>
                  <rect x="-10" y="-10" width="20" height="20" rx={verb === "create" ? 10 : 4} />
                  <text y="4" text-anchor="middle">{failed ? "!" : sub === "token" ? "T" : sub === "binding" ? "→" : (SIGNS[verb] ?? "?")}</text>
                  <text class="letters" y="19" text-anchor="middle">{lab.kind(kind)[1]}</text>
                </g>
              );
            })}
            {last && <line class="head" x1={last.x + SLOT / 2 + 2} x2={last.x + SLOT / 2 + 2} y1="12" y2={height} />}
          </svg>
        </div>
      </div>
      {places.length > 0 && (
        <p class="hint signs">
          {KEY.map(([sign, words]) => <span key={words}><b aria-hidden="true">{sign}</b> {words}</span>)}
          <span>below: what kind of object</span><span>lines: because of that</span><span>drag over the lanes, or Shift and an arrow key: see these objects only</span>
        </p>
      )}
      {places.length === 0 && <p class="hint">Nothing has been written yet.</p>}
      </div>
      {chosen !== null && <Detail number={chosen} onClose={() => setChosen(null)} />}
    </section>
  );
}

function arrow(from: Place, to: Place): string {
  const [x0, x1] = [from.x + 10, to.x - 10];
  if (from.y === to.y) return `M${x0},${from.y - 4}Q${(x0 + x1) / 2},${from.y - 16} ${x1},${to.y - 4}`;
  const half = Math.max(x0 + 6, x1 - 12);
  return `M${x0},${from.y}C${half},${from.y} ${half - 4},${to.y} ${x1},${to.y}`;
}

function arranged(marks: Record<string, MarkValue>, titles: Record<string, string>) {
  const all = Object.entries(marks).map(([number, mark]) => [Number(number), mark] as const).sort(([one], [two]) => one - two);
  const components = Object.values(titles);
  const there = new Set(all.map(([, mark]) => mark[1]));
  const lanes = [...[...there].filter((lane) => !components.includes(lane)), ...components.filter((lane) => there.has(lane))];
  const places: Place[] = [];
  const times: [number, number][] = [];
  let x = 0;
  let before: number | undefined;
  for (const [number, mark] of all) {
    if (mark[0] !== before) {
      x += before === undefined ? 8 : PAUSE;
      const last = times.at(-1);
      // moments that read the same or whose labels would touch share the first one's
      if (!last || (x - last[0] > LABEL && clock(last[1]) !== clock(mark[0]))) times.push([x, mark[0]]);
      before = mark[0];
    }
    places.push({ number, mark, x: x + SLOT / 2, y: TOP + lanes.indexOf(mark[1]) * LANE + LANE / 2 - 3 });
    x += SLOT;
  }
  return { places, lanes, times, width: x + 70 };
}

function Detail({ number, onClose }: { number: number; onClose: () => void }) {
  const lab = useLab();
  const found = useAnswer<CallDetail>(() => lab.ask("call", { number }), [number]);
  const here = useRef<HTMLElement>(null);
  useEffect(() => here.current?.scrollIntoView({ block: "nearest" }), [found]);
  if (!found) return null;
  const mark = lab.section("marks")[String(number)] as MarkValue | undefined;
  return (
    <aside class="call" aria-label="The chosen call" ref={here}>
      <div class="bar">
        <h4>{found.title}</h4>
        <span class="space" />
        <button onClick={onClose} aria-label="Close">✕</button>
      </div>
      {found.why && <p>{found.why}</p>}
      <dl>
        <dt>asked</dt><dd><code>{found.asked}</code> as <code>{found.user}</code></dd>
        <dt>answered</dt><dd class={found.code >= 400 ? "problem" : ""}>{found.code} {found.message}</dd>
        {mark && <><dt>object</dt><dd><Name id={idOf(mark)} /></dd></>}
      </dl>
      {found.changes.map((change) => (
        <div key={change.rev}>
          <h5>{change.what}, revision {change.rev}</h5>
          <div class="code">
            <pre tabIndex={0} aria-label={`Changes of ${change.what}`}>
              {change.lines.map(([sign, text], at) => <span key={at} class={sign === "+" ? "plus" : sign === "-" ? "minus" : ""}><b aria-hidden="true">{sign}</b>{text}{"\n"}</span>)}
            </pre>
          </div>
        </div>
      ))}
      {found.body && <details open={!found.changes.length}><summary>What was sent</summary><Code text={found.body} label="Request body" /></details>}
    </aside>
  );
}
