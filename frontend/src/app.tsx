// The whole Lab, or the parts that a widget shows.
import { useEffect, useRef, useState } from "preact/hooks";
import { Graph } from "./graph/graph";
import { useLab } from "./lab";
import { Tabs } from "./parts";
import { Console } from "./panels/console";
import { Create } from "./panels/create";
import { Inspector } from "./panels/inspector";
import { Actions, Controllers, Queues } from "./panels/queues";
import { Tables } from "./panels/tables";
import { Timeline } from "./panels/timeline";
import { Transport } from "./panels/transport";
import type { Card } from "./types";

const ALONE: Record<string, () => any> = {
  graph: Graph, timeline: Timeline, queues: Queues, create: Create, inspector: Inspector, tables: Tables, console: Console,
};

export function App() {
  const lab = useLab();
  const whole = lab.parts.length > 1;
  return (
    <div class={`lab ${whole ? "whole" : `alone ${lab.parts[0]}`}`} role="region" aria-label={`Lab of Kubernetes ${lab.head.minor ?? ""}`} aria-busy={!lab.ready}>
      {!lab.ready && !lab.problem && <p class="hint wait">The Lab waits for the kernel…</p>}
      {lab.ready && (whole ? <Whole /> : <Alone part={lab.parts[0]!} />)}
      {lab.problem && (
        <div class="trouble" role="alert">
          <span>{lab.problem}</span>
          <button onClick={() => lab.forgive()} aria-label="Dismiss">✕</button>
        </div>
      )}
    </div>
  );
}

function Alone({ part }: { part: string }) {
  const Part = ALONE[part]!;
  const moves = part === "graph" || part === "queues" || part === "timeline";
  return (
    <>
      {moves && <Transport />}
      <Part />
    </>
  );
}

function Whole() {
  const lab = useLab();
  const [dock, setDock] = useState("controllers");
  const grid = useRef<HTMLDivElement>(null);
  const busy = Object.values(lab.section("cards") as Record<string, Card>).filter((card) => card.doing.length || card.size || card.paused).length;
  const lines = Object.keys(lab.section("lines")).length;
  // what is selected is worth a column; without a selection the graph has the room
  useEffect(() => {
    grid.current?.classList.toggle("open", Boolean(lab.selected));
  }, [lab.selected]);
  return (
    <>
      <Transport />
      <div class="grid" ref={grid}>
        <div class="left">
          <details open class="maker">
            <summary>Create</summary>
            <Create />
          </details>
          <Actions />
        </div>
        <Graph />
        <Inspector />
        <div class="dock">
          <Tabs
            label="Watch" at={dock} onChange={setDock}
            tabs={[["controllers", "Controllers", busy], ["timeline", "Timeline"], ["tables", "Tables"], ["console", "Console", dock === "console" ? 0 : lines]]}
          />
          <div class="page" role="tabpanel" aria-label={dock}>
            {dock === "controllers" && <Controllers />}
            {dock === "timeline" && <Timeline />}
            {dock === "tables" && <Tables />}
            {dock === "console" && <Console />}
          </div>
        </div>
      </div>
    </>
  );
}
