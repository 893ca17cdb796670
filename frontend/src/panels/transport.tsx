// The head of the Lab: where the cluster is in time, and how it goes on.
import { useState } from "preact/hooks";
import { useLab } from "../lab";
import { clock } from "../parts";

const SPEEDS = [0.5, 1, 2, 5, 10, 20];
const SPANS: [string, string][] = [["1s", "1 second"], ["1m", "1 minute"], ["10m", "10 minutes"], ["1h", "1 hour"], ["24h", "1 day"]];

export function Transport() {
  const lab = useLab();
  const { head } = lab;
  const [speed, setSpeed] = useState(2);
  const playing = head.mode === "play";
  const play = (value = speed) => lab.tellDesk("play", { speed: value });
  return (
    <header class="transport">
      <div class="clock">
        <strong>Kubernetes {head.minor}</strong>
        <span title={`virtual time; revision ${head.rev}, ${head.steps} steps`}>
          {head.time?.slice(0, 10)} <b>{head.now !== undefined && clock(head.now)}</b>
        </span>
      </div>
      <div class="row" role="group" aria-label="Go on">
        <button class="main" disabled={!head.busy || head.mode !== ""} onClick={() => lab.tellDesk("step")} title="Make the next thing happen">Step</button>
        <button aria-pressed={playing} onClick={() => (playing ? lab.tellDesk("stop") : play())} title="One thing after the other">
          {playing ? "Pause" : "Play"}
        </button>
        <select
          aria-label="Speed" value={String(speed)}
          onChange={(event) => {
            const value = Number(event.currentTarget.value);
            setSpeed(value);
            if (playing) play(value);
          }}
        >
          {SPEEDS.map((each) => <option key={each} value={String(each)}>{each} a second</option>)}
        </select>
        <button disabled={!head.busy && head.mode !== "run"} onClick={() => lab.tellDesk(head.mode === "run" ? "stop" : "run")} title="Until nothing is left to do">
          {head.mode === "run" ? "Stop" : "Run to quiet"}
        </button>
        <select
          aria-label="Let time pass" value=""
          onChange={(event) => {
            if (event.currentTarget.value) lab.tellDesk("pass", { span: event.currentTarget.value });
            event.currentTarget.value = "";
          }}
        >
          <option value="">Let time pass…</option>
          {SPANS.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      </div>
      <p class="said" role="status" aria-live="polite">
        <span class={`state ${head.busy ? "busy" : "calm"}`}>{head.mode === "play" ? (head.busy ? "playing" : "plays when something can happen") : head.busy ? "more can happen" : "quiet"}</span>
        {head.said || "Nothing happens by itself here: create something, then make it go on, step by step."}
      </p>
    </header>
  );
}
