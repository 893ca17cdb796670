// Everything about the object that is selected.
import { useEffect, useState } from "preact/hooks";
import { Badge } from "../graph/legend";
import { useLab } from "../lab";
import { Code, Name, Tabs, useAnswer, Yaml } from "../parts";
import type { Inspected } from "../types";
import { Files, Shell } from "./files";
import { Tokens } from "./tokens";

export function Inspector() {
  const lab = useLab();
  const { selected } = lab;
  const [tick, setTick] = useState(0);
  const [at, setAt] = useState("yaml");
  useEffect(() => {
    // news about the object itself, or about Events and credentials that it may show
    if (selected in lab.touched || Object.keys(lab.touched).length) setTick(lab.tick);
  }, [lab.tick]);
  const found = useAnswer<Inspected>(() => (selected && lab.ready ? lab.ask("inspect", { name: selected }) : null), [selected, tick, lab.ready], 60);
  if (!selected) {
    return (
      <section class="inspector empty" aria-label="Inspector">
        <p class="hint">Choose an object in the graph, the timeline or a table: here is who wrote each of its lines, what it holds, and what happened to it.</p>
      </section>
    );
  }
  const shown = found?.id === selected ? found : null;
  if (!shown) return <section class="inspector" aria-label="Inspector"><p class="hint">{selected}</p></section>;
  const tabs: [string, string, number?][] = [["yaml", "YAML"]];
  if (shown.tokens.length) tabs.push(["token", "Token", shown.tokens.length > 1 ? shown.tokens.length : undefined]);
  if (shown.containers.length) tabs.push(["files", "Files"], ["shell", "Shell"]);
  tabs.push(["relations", "Relations", shown.relations.length], ["events", "Events", shown.events.length], ["history", "History", shown.history.length], ["describe", "Describe"]);
  const tab = tabs.some(([key]) => key === at) ? at : "yaml";
  return (
    <section class="inspector" aria-label="Inspector">
      <div class="bar">
        <Badge lab={lab} kind={shown.kind} size={18} />
        <div class="what">
          <strong>{shown.name}</strong>
          <span class="soft">{shown.kind}{shown.namespace && ` in ${shown.namespace}`}{shown.phase && ` · ${shown.phase}`}{!shown.there && " · not there"}</span>
        </div>
        <span class="space" />
        {shown.there && <button onClick={() => lab.tellDesk("remove", { name: shown.id })}>Delete</button>}
        <button onClick={() => lab.select("")} aria-label="Close">✕</button>
      </div>
      {shown.missing && <p class="hint">{shown.missing}</p>}
      <Tabs label="About the object" at={tab} onChange={setAt} tabs={tabs} />
      <div class="page" role="tabpanel" aria-label={tab}>
        {tab === "yaml" && (shown.lines.length ? <Yaml lines={shown.lines} author={shown.author} /> : <p class="hint">There is no such object now.</p>)}
        {tab === "token" && <Tokens tokens={shown.tokens} />}
        {tab === "files" && <Files key={shown.id} of={shown} />}
        {tab === "shell" && <Shell key={shown.id} of={shown} />}
        {tab === "relations" && <Relations of={shown} />}
        {tab === "events" && <Events of={shown} />}
        {tab === "history" && <History of={shown} />}
        {tab === "describe" && <Code text={shown.describe} label="kubectl describe" />}
      </div>
    </section>
  );
}

function Relations({ of }: { of: Inspected }) {
  const lab = useLab();
  if (!of.relations.length) return <p class="hint">None.</p>;
  return (
    <ul class="plain">
      {of.relations.map(([type, other, direction], at) => {
        const words = lab.stroke(type)[3] || type;
        return <li key={at}>{direction === "out" ? <><span class="soft">{words}</span> <Name id={other} /></> : <><Name id={other} /> <span class="soft">{words} it</span></>}</li>;
      })}
    </ul>
  );
}

function Events({ of }: { of: Inspected }) {
  if (!of.events.length) return <p class="hint">None.</p>;
  return (
    <ul class="plain">
      {of.events.map(([time, type, reason, message, who], at) => (
        <li key={at} class={type === "Warning" ? "warning" : ""}>
          <span class="soft">{time.slice(11, 19)}</span> <b>{type === "Warning" && "⚠ "}{reason}</b> {message} <span class="soft">{who}</span>
        </li>
      ))}
    </ul>
  );
}

function History({ of }: { of: Inspected }) {
  return (
    <ol class="plain">
      {of.history.map(([time, rev, who, did, changed, why]) => (
        <li key={rev}>
          <span class="soft">{time.slice(11, 19)}</span> <b>{who}</b> {did} it {why}
          {changed.length > 0 && <div class="soft">{changed.join(", ")}</div>}
        </li>
      ))}
    </ol>
  );
}
