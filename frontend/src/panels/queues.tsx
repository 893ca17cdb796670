// What can happen next, and the components at work.
import { useState } from "preact/hooks";
import { useLab } from "../lab";
import { span } from "../parts";
import type { Card } from "../types";

const MAIN = new Set([
  "kube-apiserver", "serviceaccount-controller", "serviceaccount-token-controller", "root-ca-certificate-publisher-controller",
  "deployment-controller", "replicaset-controller", "kube-scheduler", "kubelet", "legacy-serviceaccount-token-cleaner-controller",
]);
const OPS: Record<string, string> = { serve: "answers", reply: "hears", deliver: "learns", start: "starts", fire: "time" };

export function Actions() {
  const lab = useLab();
  const { order = [], more = 0, ...rows } = lab.section("actions") as { order?: number[]; more?: number } & Record<string, any>;
  return (
    <section class="actions" aria-label="What can happen next">
      <h3>What can happen next {order.length > 0 && <span class="count">{order.length + more}</span>}</h3>
      {order.length === 0 && <p class="hint">Nothing. Create something, and see who wakes up.</p>}
      <ol>
        {order.map((number) => {
          const [words, , op] = rows[String(number)] as [string, string, string];
          const at = words.indexOf(": ");
          return (
            <li key={number}>
              <button onClick={() => lab.tellDesk("act", { number })} title="Make exactly this happen">
                <span class={`op ${op}`}>{OPS[op] ?? op}</span>
                <span><b>{words.slice(0, at)}</b> {words.slice(at + 2)}</span>
              </button>
            </li>
          );
        })}
      </ol>
      {more > 0 && <p class="hint">and {more.toLocaleString("en")} more</p>}
    </section>
  );
}

function works(card: Card): boolean {
  return card.paused || card.size > 0 || card.doing.length > 0 || card.later.length > 0;
}

export function Controllers() {
  const lab = useLab();
  const [all, setAll] = useState(false);
  const cards = Object.entries(lab.section("cards") as Record<string, Card>);
  const order = Object.keys(lab.titles);
  cards.sort(([one], [two]) => order.indexOf(one) - order.indexOf(two));
  const shown = cards.filter(([name, card]) => all || MAIN.has(name) || works(card));
  return (
    <section class="controllers" aria-label="Controllers at work">
      <div class="cards">
        {shown.map(([name, card]) => <One key={name} name={name} card={card} />)}
      </div>
      {cards.length > shown.length || all ? (
        <button class="quiet" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Only the main ones" : `${cards.length - shown.length} more are idle`}</button>
      ) : null}
    </section>
  );
}

function One({ name, card }: { name: string; card: Card }) {
  const lab = useLab();
  const { now } = lab.head;
  const state = card.paused ? "paused" : card.doing.length ? "works" : card.size ? "has work" : card.lag.length ? "is behind" : "idle";
  const server = name === "kube-apiserver";
  return (
    <article class={`component ${state.replace(" ", "-")}`} aria-label={`${card.title}: ${state}`}>
      <h4>
        <span class="dot" aria-hidden="true" />
        {card.title}
        <span class="state">{state}</span>
      </h4>
      <div class="row">
        <button aria-label={`${card.paused ? "Resume" : "Pause"} ${card.title}`} aria-pressed={card.paused} title={card.paused ? "It goes on" : "It does nothing until it is resumed"} onClick={() => lab.tellDesk("pause", { component: name, on: !card.paused })}>
          {card.paused ? "Resume" : "Pause"}
        </button>
        <button aria-label={`Step ${card.title}`} disabled={!card.can} title="Its next step, and nothing else" onClick={() => lab.tellDesk("step", { component: name })}>Step</button>
        <button aria-label={`Crash ${card.title}`} title="Its process ends without a word and starts anew: what it had in memory is lost" onClick={() => lab.tellDesk("crash", { component: name })}>Crash</button>
      </div>
      <ul>
        {card.doing.map((words) => <li key={words} class="doing">{words}</li>)}
        {card.lag.map(([kind, count]) => <li key={kind} class="lag">has not heard of {count} change{count > 1 ? "s" : ""} of {kind}s</li>)}
        {card.size > 0 && (
          <li class="keys">
            {server ? "calls: " : "queue: "}
            {card.keys.map((key) => <span key={key} class="chip">{key}</span>)}
            {card.size > card.keys.length && ` and ${card.size - card.keys.length} more`}
          </li>
        )}
        {card.later.map(([key, tries, due]) => (
          <li key={key} class="later"><span class="chip">{key}</span> failed {tries}×, again in {span(Math.max(0, due - now))}</li>
        ))}
      </ul>
    </article>
  );
}

export function Queues() {
  return (
    <div class="queues">
      <Actions />
      <Controllers />
    </div>
  );
}
