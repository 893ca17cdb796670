// What is in a Pod's containers: files with contents, and a shell.
import { useMemo, useState } from "preact/hooks";
import { useLab } from "../lab";
import { Code, useAnswer } from "../parts";
import type { Container, Inspected, Token } from "../types";
import { One } from "./tokens";

interface Branch {
  name: string;
  path: string;
  row: Container["files"][number] | null;
  below: Branch[];
}

function grown(files: Container["files"]): Branch {
  const root: Branch = { name: "/", path: "", row: null, below: [] };
  const known = new Map([["", root]]);
  for (const row of files) {
    const path = row[0] === "/" ? "" : row[0];
    if (!path) continue;
    const cut = path.lastIndexOf("/");
    const parent = known.get(path.slice(0, cut));
    if (!parent) continue;
    const branch = { name: path.slice(cut + 1), path, row, below: [] };
    known.set(path, branch);
    parent.below.push(branch);
  }
  return root;
}

function Which({ of, at, onChange }: { of: Inspected; at: string; onChange: (name: string) => void }) {
  if (of.containers.length < 2) return null;
  return (
    <select aria-label="Container" value={at} onChange={(event) => onChange(event.currentTarget.value)}>
      {of.containers.map((each) => <option key={each.name} value={each.name}>{each.name}</option>)}
    </select>
  );
}

export function Files({ of }: { of: Inspected }) {
  const [name, setName] = useState(of.containers[0]!.name);
  const [path, setPath] = useState("");
  const lab = useLab();
  const container = of.containers.find((each) => each.name === name) ?? of.containers[0]!;
  const root = useMemo(() => grown(container.files), [container.files]);
  const file = useAnswer<any>(() => (path ? lab.ask("file", { name: of.id, container: container.name, path }) : null), [path, container.name, of.rev]);
  const mounted = (here: string) => container.mounts.some(([mount]) => real(mount).startsWith(here) || here.startsWith(real(mount)));
  if (!container.files.length) return <p class="hint">The container does not run: there are no files yet.</p>;
  return (
    <div class="files">
      <Which of={of} at={container.name} onChange={(next) => { setName(next); setPath(""); }} />
      <ul class="plain">
        {container.mounts.map(([mount, volume, only]) => <li key={mount}><b>{mount}</b> <span class="soft">from volume {volume}{only && ", read-only"}</span></li>)}
      </ul>
      <div class="tree" role="tree" aria-label={`Files of ${container.name}`}>
        {root.below.map((each) => <Leaf key={each.path} branch={each} at={path} onPick={setPath} open={mounted} />)}
      </div>
      {file && (
        <div class="file">
          <h5>{file.path} <span class="soft">{file.rights} {file.owner}, {file.size} bytes</span></h5>
          {file.token ? <One token={file.token as Token} /> : <Code text={file.text} label={file.path} />}
        </div>
      )}
    </div>
  );
}

/** /var/run is a link to /run. */
function real(path: string): string {
  return path.replace(/^\/var\/run\//, "/run/");
}

function Leaf({ branch, at, onPick, open }: { branch: Branch; at: string; onPick: (path: string) => void; open: (path: string) => boolean }) {
  const [shown, setShown] = useState(open(branch.path));
  const [, kind, rights, target] = branch.row!;
  if (kind === "directory") {
    return (
      <div role="treeitem" aria-expanded={shown} aria-label={branch.name} class={open(branch.path) ? "mounted" : ""}>
        <button onClick={() => setShown(!shown)} title={rights}><span aria-hidden="true">{shown ? "▾" : "▸"}</span> {branch.name}/</button>
        {shown && <div role="group" class="below">{branch.below.map((each) => <Leaf key={each.path} branch={each} at={at} onPick={onPick} open={open} />)}</div>}
      </div>
    );
  }
  return (
    <div role="treeitem" aria-selected={at === branch.path} aria-label={branch.name}>
      <button class={at === branch.path ? "chosen" : ""} onClick={() => onPick(branch.path)} title={rights}>
        {branch.name}{kind === "link" && <span class="soft"> → {target}</span>}
      </button>
    </div>
  );
}

export function Shell({ of }: { of: Inspected }) {
  const lab = useLab();
  const [name, setName] = useState(of.containers[0]!.name);
  const [line, setLine] = useState("");
  const [log, setLog] = useState<[string, string][]>([]);
  const enter = async (text: string) => {
    if (!text.trim()) return;
    setLine("");
    try {
      const { lines } = await lab.ask("exec", { name: of.id, container: name, line: text });
      setLog((before) => [...before, ["in", `${name}$ ${text}`], ...lines]);
    } catch (problem) {
      setLog((before) => [...before, ["in", `${name}$ ${text}`], ["err", String((problem as Error).message)]]);
    }
  };
  const ideas = ["ls -l /var/run/secrets/kubernetes.io/serviceaccount", "cat /var/run/secrets/kubernetes.io/serviceaccount/namespace", "env"];
  return (
    <div class="console shell">
      <Which of={of} at={name} onChange={setName} />
      <div class="log" role="log" aria-label="Output" tabIndex={0}>
        {log.length === 0 && <p class="hint">Try {ideas.map((idea) => <button key={idea} class="link" onClick={() => enter(idea)}><code>{idea}</code></button>)}</p>}
        {log.map(([kind, text], at) => <pre key={at} class={kind}>{text}</pre>)}
      </div>
      <div class="prompt">
        <span aria-hidden="true">{name}$</span>
        <input aria-label={`Command in container ${name}`} value={line} spellcheck={false} autocomplete="off" onInput={(event) => setLine(event.currentTarget.value)} onKeyDown={(event) => event.key === "Enter" && enter(line)} />
      </div>
    </div>
  );
}
