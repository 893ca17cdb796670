// Clusters of several versions side by side: the same is done to each, and what differs is marked.
import { useEffect, useMemo, useReducer, useState } from "preact/hooks";
import { Graph, SIGNS } from "../graph/graph";
import { Context, type Lab } from "../lab";
import { clock, Name, Tabs, useAnswer } from "../parts";
import type { Differences } from "../types";
import { Console } from "./console";
import { Create } from "./create";
import { Inspector } from "./inspector";

/** Rows that a table shows at once. */
const MOST = 300;
const TO_ALL = new Set(["create", "apply", "remove", "kubectl"]);

/** One of the labs, as a panel uses it: it answers for itself, and what it is told to do is done in all. */
function forAll(lab: Lab, labs: Lab[]): Lab {
  return Object.assign(Object.create(lab) as Lab, {
    ask: (what: string, rest = {}) => {
      if (!TO_ALL.has(what)) return lab.ask(what, rest);
      const asked = labs.map((each) => each.ask(what, rest));
      return Promise.allSettled(asked).then(() => asked[labs.indexOf(lab)]);
    },
    // it is the lab itself that remembers what is selected
    select: (name: string) => lab.select(name),
  });
}

function Sign({ how }: { how: string }) {
  return <svg class="sign" width="17" height="17" viewBox="-8.5 -8.5 17 17" aria-hidden="true"><circle r="8" /><path d={SIGNS[how]} /></svg>;
}

export function Compare({ pair, labs }: { pair: { ask: (what: string) => Promise<any> }; labs: Lab[] }) {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [view, setView] = useState("differences");
  const each = useMemo(() => labs.map((lab) => forAll(lab, labs)), labs);
  const newest = each.at(-1)!;
  useEffect(() => {
    const ends = labs.map((lab) => lab.subscribe(() => {
      // what is selected in one is selected in all
      for (const other of labs) if (other !== lab && lab.selected !== other.selected && lab.fresh) other.select(lab.selected);
      lab.fresh = false;
      redraw(undefined as never);
    }));
    return () => ends.forEach((end) => end());
  }, labs);
  const ready = labs.every((lab) => lab.ready);
  const found = useAnswer<Differences>(() => (ready ? pair.ask("differences") : null), [ready, ...labs.map((lab) => lab.head.rev)], 120);
  useEffect(() => {
    labs.forEach((lab, at) => lab.mark(new Map(Object.entries(found?.signs[at] ?? {}))));
  }, [found]);
  const problem = labs.map((lab) => lab.problem).find(Boolean);
  const chosen = labs[0]!.selected;
  if (!ready) return <div class="lab"><p class="hint wait">{problem || "The Lab waits for the kernel…"}</p></div>;
  const busy = labs.some((lab) => lab.head.busy);
  const goOn = (what: string) => labs.forEach((lab) => lab.head.busy && lab.tellDesk(what));
  const rows = found?.rows ?? [];
  const own = rows.filter((row) => row[0] === chosen);
  const shown = own.length ? own : rows;
  return (
    <div class="lab compare" role="region" aria-label="Versions side by side">
      <header class="transport">
        <strong>The same on Kubernetes {labs.map((lab) => lab.head.minor).join(" and ")}</strong>
        <div class="row" role="group" aria-label="Go on">
          <button class="main" disabled={!busy} onClick={() => goOn("step")} title="Make the next thing happen in each">Step</button>
          <button disabled={!busy} onClick={() => goOn("run")} title="Until nothing is left to do in any">Run to quiet</button>
        </div>
        <p class="said" role="status" aria-live="polite"><span class={`state ${busy ? "busy" : "calm"}`}>{busy ? "more can happen" : "quiet"}</span>What you do here is done to each.</p>
      </header>
      <div class="grid">
        <div class="left">
          <details open class="maker">
            <summary>Create in each</summary>
            <Context.Provider value={newest}><Create /></Context.Provider>
          </details>
        </div>
        <div class="sides">
          {each.map((lab, at) => (
            <Context.Provider key={at} value={lab}>
              <div class="side" role="region" aria-label={`Kubernetes ${lab.head.minor}`}>
                <p class="bar"><strong>{lab.head.minor}</strong> <span class="soft">{clock(lab.head.now)}</span> <span class="soft one-line" title={lab.head.said}>{lab.head.said}</span></p>
                <Graph />
                <Inspector />
              </div>
            </Context.Provider>
          ))}
        </div>
        <div class="dock">
          <Tabs label="Watch" at={view} onChange={setView} tabs={[["differences", "What differs", rows.length], ["console", "Console"]]} />
          <div class="page" role="tabpanel" aria-label={view}>
            {view === "differences" && (
              <>
                <p class="hint"><Sign how="only" /> only here  <Sign how="differs" /> a field differs{own.length ? "; only of what is selected" : ""}</p>
                <div class="scroll" tabIndex={0} role="region" aria-label="Differences">
                  <table>
                    <thead><tr><th>object</th><th>field</th>{labs.map((lab, at) => <th key={at}>{lab.head.minor}</th>)}</tr></thead>
                    <tbody>
                      {shown.slice(0, MOST).map(([about, path, values]) => (
                        <tr key={about + path}>
                          <td><Context.Provider value={newest}><Name id={about} /></Context.Provider></td>
                          <td>{path ? <code>{path}</code> : "the object"}</td>
                          {values.map((value, at) => <td key={at} class={value === "–" ? "soft" : "differs"}>{value}</td>)}
                        </tr>
                      ))}
                    </tbody>
                  </table>
                  {shown.length > MOST && <p class="soft">and {(shown.length - MOST).toLocaleString("en")} more: select an object to see what differs in it</p>}
                </div>
              </>
            )}
            {view === "console" && (
              <div class="sides">
                {each.map((lab, at) => <Context.Provider key={at} value={lab}><Console /></Context.Provider>)}
              </div>
            )}
          </div>
        </div>
      </div>
      {problem && <div class="trouble" role="alert"><span>{problem}</span><button onClick={() => labs.forEach((lab) => lab.forgive())} aria-label="Dismiss">✕</button></div>}
    </div>
  );
}
