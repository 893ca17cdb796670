// Creating: a form for each kind from one table, and an editor for YAML.
import { useEffect, useRef, useState } from "preact/hooks";
import { Badge } from "../graph/legend";
import { useLab } from "../lab";
import { Code, Labelled, Tabs, useAnswer, Yaml } from "../parts";
import type { Checked, FieldSpec, FormSpec } from "../types";

const EXAMPLE = `apiVersion: v1
kind: Pod
metadata:
  name: shell
spec:
  containers:
  - name: main
    image: busybox
`;

export function Create() {
  const lab = useLab();
  const [at, setAt] = useState("namespace");
  const form = lab.forms.find((each) => each.key === at);
  return (
    <section class="create" aria-label="Create">
      <div class="kinds" role="group" aria-label="What to create">
        {lab.forms.map((each) => (
          <button key={each.key} aria-pressed={each.key === at} onClick={() => setAt(each.key)}>
            <Badge lab={lab} kind={each.kind} size={13} /> {each.title}
          </button>
        ))}
        <button aria-pressed={at === "yaml"} onClick={() => setAt("yaml")}>YAML…</button>
      </div>
      {form ? <Form key={form.key} form={form} /> : at === "yaml" ? <Editor /> : null}
    </section>
  );
}

/** The next free name: web, web-2, web-3. */
function next(name: string): string {
  const found = /^(.*)-(\d+)$/.exec(name);
  return found ? `${found[1]}-${Number(found[2]) + 1}` : `${name}-2`;
}

function Form({ form }: { form: FormSpec }) {
  const lab = useLab();
  const latest = (lab.head.namespace !== "~" && lab.head.namespace) || (lab.head.spaces ?? []).filter((name) => name !== "default" && !name.startsWith("kube-")).at(-1) || "default";
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(form.fields.map((field) => [field.key, field.key === "namespace" ? latest : field.default])),
  );
  const [view, setView] = useState("command");
  const [busy, setBusy] = useState(false);
  const checked = useAnswer<Checked>(() => lab.ask("check", { form: form.key, values }), [values, lab.head.rev], 180);
  const wrong = checked !== null && (Object.keys(checked.fields).length > 0 || checked.error !== "");

  const create = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await lab.ask("create", { form: form.key, values });
      if (made.ok) setValues({ ...values, name: next(values.name ?? "") });
    } catch {
      // shown by the Lab
    }
    setBusy(false);
  };
  return (
    <form onSubmit={create}>
      <p class="hint">{form.about}</p>
      {form.fields.map((field) => (
        <Labelled key={field.key} label={field.label} hint={field.hint} problem={checked?.fields[field.key]}>
          {(attributes) => (
            <Input attributes={attributes} field={field} value={values[field.key] ?? ""} namespace={values.namespace ?? ""} onInput={(value) => setValues({ ...values, [field.key]: value })} />
          )}
        </Labelled>
      ))}
      {checked?.error && <p class="problem" role="alert">{checked.error}</p>}
      <button class="main" type="submit" disabled={busy || wrong}>Create {form.title}</button>
      <Tabs label="What it stands for" at={view} onChange={setView} tabs={[["command", "kubectl"], ["yaml", "YAML"], ["stored", "Stored as"]]} />
      {checked && view === "command" && <Code text={checked.command} label="kubectl command" />}
      {checked && view === "yaml" && <Code text={checked.yaml} label="YAML that is sent" />}
      {checked && view === "stored" && (checked.lines.length ? <Yaml lines={checked.lines} author="you" /> : <p class="hint">The server would refuse it.</p>)}
    </form>
  );
}

function Input({ attributes, field, value, namespace, onInput }: {
  attributes: object;
  field: FieldSpec;
  value: string;
  namespace: string;
  onInput: (value: string) => void;
}) {
  const lab = useLab();
  const list = `sanb-${field.key}-list`;
  const change = (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value);
  if (field.kind === "pairs") return <textarea {...attributes} rows={2} value={value} spellcheck={false} onInput={change} />;
  if (field.kind.startsWith("choice:")) {
    return (
      <select {...attributes} value={value} onChange={change}>
        {field.kind.slice(7).split(",").map((each) => <option key={each} value={each}>{each || "–"}</option>)}
      </select>
    );
  }
  const options =
    field.kind === "ref:namespaces"
      ? (lab.head.spaces ?? [])
      : field.kind === "ref:serviceaccounts"
        ? Object.values(lab.section("nodes")).filter((node) => node[0] === "ServiceAccount" && node[1] === namespace).map((node) => node[2] as string)
        : [];
  return (
    <>
      <input {...attributes} type={field.kind === "number" ? "number" : "text"} min={0} value={value} list={options.length ? list : undefined} autocomplete="off" spellcheck={false} onInput={change} />
      {options.length > 0 && <datalist id={list}>{options.map((each) => <option key={each} value={each} />)}</datalist>}
    </>
  );
}

function Editor() {
  const lab = useLab();
  const [text, setText] = useState(EXAMPLE);
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const tried = useAnswer<{ error: string; out: string; line: number }>(() => lab.ask("try", { text }), [text, lab.head.rev], 300);
  const lines = text.split("\n").length;
  useEffect(() => {
    const scroll = () => numbers.current && (numbers.current.scrollTop = area.current!.scrollTop);
    area.current?.addEventListener("scroll", scroll);
    return () => area.current?.removeEventListener("scroll", scroll);
  }, []);
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      apply();
    }
  };
  const apply = () => lab.tellDesk("apply", { text });
  return (
    <form onSubmit={(event) => { event.preventDefault(); apply(); }}>
      <p class="hint">Any manifest, of one or many objects: what <code>kubectl apply -f -</code> reads.</p>
      <div class="editor">
        <pre ref={numbers} aria-hidden="true">
          {Array.from({ length: lines }, (_, at) => <span key={at} class={tried?.line === at + 1 ? "wrong" : ""}>{at + 1}{"\n"}</span>)}
        </pre>
        <textarea ref={area} aria-label="YAML to apply" rows={Math.min(18, Math.max(10, lines))} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={key} />
      </div>
      {tried?.error ? <p class="problem" role="alert">{tried.error}</p> : tried?.out ? <p class="hint">would say: {tried.out}</p> : null}
      <button class="main" type="submit" disabled={!text.trim() || Boolean(tried?.error)}>Apply</button>
    </form>
  );
}
