// Small things that several panels use.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useLab } from "./lab";
import { Badge } from "./graph/legend";
import type { YamlLine } from "./types";

/** Tabs with the keys that people expect. */
export function Tabs({ label, tabs, at, onChange }: {
  label: string;
  tabs: [string, string, ComponentChildren?][];
  at: string;
  onChange: (key: string) => void;
}) {
  const key = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const place = tabs.findIndex(([name]) => name === at);
    const next = tabs[(place + step + tabs.length) % tabs.length]![0];
    onChange(next);
    const list = event.currentTarget as HTMLElement;
    setTimeout(() => list.querySelector<HTMLElement>("[aria-selected='true']")?.focus());
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={key}>
      {tabs.map(([name, words, more]) => (
        <button key={name} type="button" role="tab" aria-selected={name === at} tabIndex={name === at ? 0 : -1} onClick={() => onChange(name)}>
          {words}{more !== undefined && more !== 0 && <span class="count">{more}</span>}
        </button>
      ))}
    </div>
  );
}

export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <button type="button" class="quiet" onClick={copy}>{done ? "Copied" : label}</button>;
}

export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>{text}</pre>
      <Copy text={text} label="Copy" />
    </div>
  );
}

/** An object's name as a link that selects it. */
export function Name({ id, short = false }: { id: string; short?: boolean }) {
  const lab = useLab();
  const [kind, ...rest] = id.split("/");
  const known = Object.keys(lab.looks.kinds).find((name) => name.toLowerCase() === kind) ?? kind!;
  return (
    <button type="button" class="link" onClick={() => lab.select(id)} title={id}>
      <Badge lab={lab} kind={known} size={13} /> {short ? rest.at(-1) : rest.join("/")}
    </button>
  );
}

const MARKS = { own: " ", added: "+", later: "~" } as const;

/** YAML with who wrote each line. */
export function Yaml({ lines, author }: { lines: YamlLine[]; author: string }) {
  const later = [...new Set(lines.filter((line) => line[1] === "later").map((line) => line[2] || "somebody"))];
  const added = lines.some((line) => line[1] === "added");
  return (
    <div class="yaml">
      <p class="key">
        {author && <span><i class="own" /> written by {author}</span>}
        {added && <span><i class="added">+</i> added by the API server: defaults and admission</span>}
        {later.length > 0 && <span><i class="later">~</i> later, by {later.join(", ")}</span>}
      </p>
      <div class="code">
        <pre tabIndex={0} aria-label="YAML">
          {lines.map(([text, origin, who, path]) => (
            <span key={path + text} class={origin} title={origin === "added" ? "added by the API server" : origin === "later" ? `written later by ${who}` : `written by ${author}`}>
              <b aria-hidden="true">{MARKS[origin]}</b>{text}{"\n"}
            </span>
          ))}
        </pre>
        <Copy text={lines.map(([text]) => text).join("\n") + "\n"} />
      </div>
    </div>
  );
}

/** An input with its label, hint and complaint. */
export function Labelled({ label, hint, problem, children }: {
  label: string;
  hint?: string;
  problem?: string;
  children: (attributes: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => JSX.Element;
}) {
  const id = useId();
  const about = problem || hint ? `${id}-about` : undefined;
  return (
    <div class={`field${problem ? " wrong" : ""}`}>
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": about, "aria-invalid": problem ? true : undefined })}
      {about && <p id={about} class={problem ? "problem" : "hint"} role={problem ? "alert" : undefined}>{problem || hint}</p>}
    </div>
  );
}

/** The latest answer to a question that is asked anew when something changes; late answers are dropped. */
export function useAnswer<T>(ask: () => Promise<T> | null, when: unknown[], delay = 0): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  const round = useRef(0);
  useEffect(() => {
    const mine = ++round.current;
    const timer = setTimeout(async () => {
      const asked = ask();
      if (!asked) {
        setAnswer(null);
        return;
      }
      try {
        const found = await asked;
        if (mine === round.current) setAnswer(found);
      } catch {
        // the problem is shown by the Lab
      }
    }, delay);
    return () => clearTimeout(timer);
  }, when);
  return answer;
}

/** Seconds as people say them. */
export function span(seconds: number): string {
  if (seconds < 0) return `${span(-seconds)} ago`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.round(seconds / 8640) / 10} days`;
}

/** Virtual time of day with as many digits as it needs. */
export function clock(seconds: number): string {
  const rest = seconds % 60;
  const text = new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 17);
  return text + rest.toFixed(rest % 1 ? 3 : 0).padStart(rest % 1 ? 6 : 2, "0");
}
