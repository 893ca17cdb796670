// The browser's end: sections as they are now, and commands with their answers.
import { createContext } from "preact";
import { useContext, useEffect, useReducer } from "preact/hooks";
import type { FormSpec, Head, KindLook, Looks, Model, Patch, Section, StrokeLook } from "./types";

const EMPTY: Looks = { kinds: {}, other: ["#4B5563", "obj", "square"], strokes: {}, plain: ["#6B7280", [], 1.3, ""], verbs: {} };

type Waiter = { resolve: (value: any) => void; reject: (problem: Error) => void };

export class Lab {
  sections: Record<string, Section> = {};
  looks: Looks = EMPTY;
  forms: FormSpec[] = [];
  tables: string[] = [];
  titles: Record<string, string> = {};
  /** Objects of the last message that were written, and how. */
  touched: Record<string, string> = {};
  /** Counts messages: what depends on `touched` looks at it. */
  tick = 0;
  ready = false;
  problem = "";
  selected = "";
  /** Objects that a brush on the timeline chose; empty: none did. */
  brushed: Set<string> = new Set();
  /** Objects that are not the same in another cluster: "only" or "differs". */
  marked: Map<string, string> = new Map();
  /** Whether somebody has just selected something here. */
  fresh = false;
  private last = 0;
  /** Two views of one widget hear each other's answers: this tells them apart. */
  private readonly mine = Math.random().toString(36).slice(2);
  private waiting = new Map<string, Waiter>();
  private listeners = new Set<() => void>();

  constructor(
    readonly model: Model,
    readonly parts: string[],
    asks = true,
  ) {
    model.on("msg:custom", this.receive);
    if (asks) this.open();
  }

  private async open() {
    try {
      const found = await this.ask("hello");
      this.sections = found.sections;
      this.looks = found.looks;
      this.forms = found.forms;
      this.tables = found.tables;
      this.titles = found.titles;
      this.selected = this.head.selected ?? "";
      this.ready = true;
      this.tick++;
      this.tell();
    } catch {
      // the problem is shown already
    }
  }

  close() {
    this.model.off("msg:custom", this.receive);
    this.listeners.clear();
    this.waiting.clear();
  }

  get head(): Head {
    return (this.sections.head ?? {}) as unknown as Head;
  }

  section(name: string): Section {
    return this.sections[name] ?? {};
  }

  kind(name: string): KindLook {
    return this.looks.kinds[name] ?? this.looks.other;
  }

  stroke(name: string): StrokeLook {
    return this.looks.strokes[name] ?? [this.looks.plain[0], this.looks.plain[1], this.looks.plain[2], name];
  }

  /** Send a command; the promise is its answer. */
  ask<T = any>(what: string, rest: Record<string, unknown> = {}): Promise<T> {
    const id = `${this.mine}-${++this.last}`;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.model.send({ id, do: what, ...rest });
    });
  }

  /** Send a command whose failure is shown and nothing else. */
  tellDesk(what: string, rest: Record<string, unknown> = {}) {
    this.ask(what, rest).catch(() => undefined);
  }

  select(name: string) {
    if (name === this.selected) return;
    this.selected = name;
    this.fresh = true;
    this.tellDesk("select", { name });
    this.tell();
  }

  mark(names: Map<string, string>) {
    this.marked = names;
    this.tell();
  }

  brush(names: Set<string>) {
    this.brushed = names;
    this.tell();
  }

  forgive() {
    this.problem = "";
    this.tell();
  }

  private receive = (content: any) => {
    if ("re" in content) {
      const waiter = this.waiting.get(content.re);
      this.waiting.delete(content.re);
      if (!waiter) return; // another view of the same widget asked
      if ("error" in content) {
        this.problem = content.error;
        this.tell();
        waiter.reject(new Error(content.error));
      } else {
        if (this.problem) this.forgive();
        waiter.resolve(content.ok);
      }
    } else if ("patch" in content && this.ready) {
      for (const [name, patch] of Object.entries(content.patch as Record<string, Patch>)) this.apply(name, patch);
      if (content.patch.head?.put && "selected" in content.patch.head.put) this.selected = this.head.selected;
      this.touched = content.touched ?? {};
      this.tick++;
      this.tell();
    }
  };

  private apply(name: string, patch: Patch) {
    const next = { ...this.sections[name], ...patch.put };
    for (const gone of patch.drop ?? []) delete next[gone];
    this.sections[name] = next;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell() {
    for (const listener of [...this.listeners]) listener();
  }
}

export const Context = createContext<Lab>(undefined as unknown as Lab);

/** The lab; the component is drawn anew when anything has changed. */
export function useLab(): Lab {
  const lab = useContext(Context);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => lab.subscribe(() => redraw(undefined as never)), [lab]);
  return lab;
}
