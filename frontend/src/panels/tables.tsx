// The frames as tables: filter, sort, and a selection that the graph shares.
import { useState } from "preact/hooks";
import { useLab } from "../lab";
import { useAnswer } from "../parts";
import type { TableRows } from "../types";

export function Tables() {
  const lab = useLab();
  const [name, setName] = useState("pods");
  const [text, setText] = useState("");
  const [by, setBy] = useState(-1);
  const [down, setDown] = useState(false);
  const table = useAnswer<TableRows>(() => (lab.ready ? lab.ask("table", { name }) : null), [name, lab.head.rev, lab.head.steps, lab.head.namespace, lab.ready], 120);
  const wanted = text.trim().toLowerCase();
  let rows = (table?.name === name ? table.rows : []).filter(
    (row) => (!wanted || row.some((cell) => String(cell ?? "").toLowerCase().includes(wanted))) && (!lab.brushed.size || lab.brushed.has(row[0])),
  );
  if (by >= 0) {
    const sign = down ? -1 : 1;
    rows = [...rows].sort((one, two) => sign * compared(one[by + 1], two[by + 1]));
  }
  const sort = (column: number) => {
    if (by !== column) [setBy(column), setDown(false)];
    else if (!down) setDown(true);
    else [setBy(-1), setDown(false)];
  };
  return (
    <section class="tables" aria-label="Tables">
      <div class="bar">
        <select aria-label="Table" value={name} onChange={(event) => { setName(event.currentTarget.value); setBy(-1); }}>
          {lab.tables.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
        <input type="search" aria-label="Filter rows" placeholder="Filter rows" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <span class="soft">{table && `${rows.length.toLocaleString("en")} of ${table.total.toLocaleString("en")}`}</span>
        <span class="space" />
        <code class="soft">c.frames.{name}</code>
      </div>
      <div class="scroll" tabIndex={0} aria-label={`Table ${name}`} role="region">
        <table>
          <thead>
            <tr>
              {table?.columns.map(([column, about], at) => (
                <th key={column} aria-sort={by === at ? (down ? "descending" : "ascending") : "none"} title={about}>
                  <button onClick={() => sort(at)}>{column}<span aria-hidden="true">{by === at ? (down ? " ↓" : " ↑") : ""}</span></button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, number) => (
              <tr key={number} class={row[0] && row[0] === lab.selected ? "selected" : ""} onClick={() => row[0] && lab.select(row[0])}>
                {row.slice(1).map((cell, at) => <td key={at}>{at === 0 && row[0] ? <button class="link" onClick={() => lab.select(row[0])}>{shown(cell)}</button> : shown(cell)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
        {table && rows.length === 0 && <p class="hint">No rows.</p>}
      </div>
    </section>
  );
}

function compared(one: any, two: any): number {
  if (one === null || two === null) return Number(one === null) - Number(two === null);
  if (typeof one === "number" && typeof two === "number") return one - two;
  return String(one).localeCompare(String(two), "en", { numeric: true });
}

function shown(cell: any): string {
  return cell === null ? "–" : cell === true ? "yes" : cell === false ? "no" : String(cell);
}
