// What colours, shapes and lines mean; a click hides or shows them.
import { useLab, type Lab } from "../lab";
import type { Filter } from "./graph";
import { shape } from "./shapes";
import { width } from "./svg";

export function Badge({ lab, kind, size = 16 }: { lab: Lab; kind: string; size?: number }) {
  const [colour, letters, form] = lab.kind(kind);
  const text = size * 0.5;
  const w = Math.max(size, width(letters, text, true) + size * 0.6);
  return (
    <svg class="badge" width={w + 2} height={size + 4} viewBox={`-1 -2 ${w + 2} ${size + 4}`} aria-hidden="true" style={{ "--kind": colour }}>
      <path d={shape(form, 0, 0, w, size)} />
      <text x={w / 2} y={size / 2 + text * 0.35} font-size={text} text-anchor="middle">{letters}</text>
    </svg>
  );
}

function flipped(set: Set<string>, name: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(name)) next.add(name);
  return next;
}

export function Legend({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const lab = useLab();
  const there = new Set(Object.values(lab.section("nodes")).map((value) => value[0] as string));
  const kinds = [...Object.keys(lab.looks.kinds).filter((kind) => there.has(kind)), ...[...there].filter((kind) => !(kind in lab.looks.kinds))];
  const types = [...new Set(Object.values(lab.section("edges")).map((value) => value[2] as string))].sort();
  return (
    <div class="legend" role="group" aria-label="Legend: shown kinds and links">
      {kinds.map((kind) => (
        <button key={kind} aria-pressed={!filter.kinds.has(kind)} onClick={() => onChange({ ...filter, kinds: flipped(filter.kinds, kind) })}>
          <Badge lab={lab} kind={kind} size={14} /> {kind}
        </button>
      ))}
      {types.map((type) => {
        const [colour, dashes, thick, words] = lab.stroke(type);
        return (
          <button key={type} aria-pressed={!filter.types.has(type)} onClick={() => onChange({ ...filter, types: flipped(filter.types, type) })}>
            <svg width="26" height="8" aria-hidden="true" class="edge" style={{ "--kind": colour }}>
              <path class="stroke" d="M1,4H20" stroke-width={thick} stroke-dasharray={dashes.map((part) => part * (thick + 0.6)).join(" ") || undefined} />
              <path class="head" d="M18,1L25,4L18,7Z" />
            </svg>{" "}
            {words}
          </button>
        );
      })}
    </div>
  );
}
