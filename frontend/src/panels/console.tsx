// kubectl, with history and completion; what is done elsewhere in the Lab is echoed here as commands.
import { useEffect, useRef, useState } from "preact/hooks";
import { useLab } from "../lab";
import { Code, Tabs } from "../parts";

export function Console() {
  const lab = useLab();
  const [line, setLine] = useState("");
  const [past, setPast] = useState<string[]>([]);
  const [place, setPlace] = useState(0);
  const [offers, setOffers] = useState<string[]>([]);
  const [script, setScript] = useState<{ kubectl: string; python: string } | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const lines = lab.section("lines") as Record<string, [string, string]>;
  const count = Object.keys(lines).length;
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [count, script]);

  const enter = () => {
    const text = line.trim();
    if (!text) return;
    setPast([...past.filter((each) => each !== text), text]);
    setPlace(0);
    setLine("");
    setOffers([]);
    lab.tellDesk("kubectl", { line: text.startsWith("kubectl") ? text : `kubectl ${text}` });
  };
  const complete = async () => {
    const { word, found } = await lab.ask<{ word: string; found: string[] }>("complete", { line });
    if (!found.length) return;
    let common = found[0]!;
    for (const each of found) while (!each.startsWith(common)) common = common.slice(0, -1);
    const start = line.slice(0, line.length - word.length);
    setLine(start + (found.length === 1 ? `${found[0]} ` : common));
    setOffers(found.length === 1 ? [] : found);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") enter();
    else if (event.key === "Tab" && !event.shiftKey && line.trim()) complete();
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const at = Math.max(0, Math.min(past.length, place + (event.key === "ArrowUp" ? 1 : -1)));
      setPlace(at);
      setLine(at ? past[past.length - at]! : "");
    } else if (event.key === "Escape") setOffers([]);
    else return;
    event.preventDefault();
  };
  if (script) return <Export script={script} onClose={() => setScript(null)} />;
  return (
    <section class="console" aria-label="Console">
      <div class="log" role="log" aria-label="Console output" tabIndex={0} ref={end}>
        {Object.entries(lines).map(([number, [kind, text]]) => <pre key={number} class={kind}>{text}</pre>)}
      </div>
      {offers.length > 0 && <p class="offers">{offers.map((each) => <span key={each}>{each}</span>)}</p>}
      <div class="prompt">
        <span aria-hidden="true">$</span>
        <input
          aria-label="kubectl command" placeholder="kubectl get pods -A   (Tab completes, ↑ goes back)" value={line} spellcheck={false} autocomplete="off"
          onInput={(event) => { setLine(event.currentTarget.value); setOffers([]); }} onKeyDown={key}
        />
        <button onClick={async () => setScript(await lab.ask("script"))}>Export as script</button>
      </div>
    </section>
  );
}

function Export({ script, onClose }: { script: { kubectl: string; python: string }; onClose: () => void }) {
  const [at, setAt] = useState<"kubectl" | "python">("kubectl");
  return (
    <section class="console export" aria-label="Script">
      <div class="bar">
        <Tabs label="Script" at={at} onChange={(key) => setAt(key as "kubectl")} tabs={[["kubectl", "kubectl"], ["python", "Python"]]} />
        <span class="space" />
        <button onClick={onClose}>Back to the console</button>
      </div>
      <Code text={script[at]} label={`Script as ${at}`} />
    </section>
  );
}
