// What the desk sends. Sections are mappings from ids to values; see sanb/widgets/sections.py.
export type Section = Record<string, any>;

export interface Patch {
  put?: Section;
  drop?: string[];
}

/** kind, namespace, name, phase, many, x, y, width, height */
export type NodeValue = [string, string, string, string, number, number, number, number, number];
/** source, target, type, many, angular, points */
export type EdgeValue = [string, string, string, number, boolean, number[]];
/** x, y, width, height, height of the title, phase */
export type FrameValue = [number, number, number, number, number, string];
/** x, y, width, height, kind, members, phases */
export type GroupValue = [number, number, number, number, string, string[], string];
/** time, lane, verb, kind, subresource, namespace, name, failed, cause, revision */
export type MarkValue = [number, string, string, string, string, string, string, boolean, number, number];
/** colour, letters, shape */
export type KindLook = [string, string, string];
/** colour, dashes, width, words */
export type StrokeLook = [string, number[], number, string];

export interface Looks {
  kinds: Record<string, KindLook>;
  other: KindLook;
  strokes: Record<string, StrokeLook>;
  plain: StrokeLook;
  verbs: Record<string, string>;
}

export interface Head {
  minor: string;
  seed: number;
  time: string;
  now: number;
  rev: number;
  steps: number;
  busy: boolean;
  can: boolean;
  said: string;
  selected: string;
  namespace: string;
  spaces: string[];
  mode: "" | "play" | "run";
  speed: number;
}

export interface Canvas {
  size: [number, number];
  objects: number;
  namespaces: number;
  summarised: boolean;
  leftOut: number;
  unrouted: number;
  roomy: boolean;
}

export interface Card {
  title: string;
  paused: boolean;
  can: boolean;
  size: number;
  keys: string[];
  doing: string[];
  later: [string, number, number][];
  lag: [string, number][];
}

export interface FieldSpec {
  key: string;
  label: string;
  path: string;
  kind: string;
  default: string;
  hint: string;
  needed: boolean;
}

export interface FormSpec {
  key: string;
  kind: string;
  title: string;
  about: string;
  fields: FieldSpec[];
}

export type YamlLine = [string, "own" | "added" | "later", string, string];

export interface Checked {
  command: string;
  yaml: string;
  lines: YamlLine[];
  fields: Record<string, string>;
  error: string;
  warnings: string;
}

export interface Token {
  where: string;
  text: string;
  problem: string;
  valid?: boolean;
  why?: string;
  head: [string, string, string][];
  rows: [string, string, string][];
  expires?: number | null;
  refused?: string;
}

export interface Container {
  name: string;
  image: string;
  mounts: [string, string, boolean][];
  files: [string, string, string, string][];
}

export interface Inspected {
  id: string;
  kind: string;
  namespace: string;
  name: string;
  there: boolean;
  missing?: string;
  phase?: string;
  rev?: number;
  author: string;
  lines: YamlLine[];
  events: [string, string, string, string, string][];
  describe: string;
  relations: [string, string, "in" | "out"][];
  history: [string, number, string, string, string[], string][];
  tokens: Token[];
  containers: Container[];
}

export interface CallDetail {
  title: string;
  time: string;
  user: string;
  why: string;
  code: number;
  message: string;
  asked: string;
  body: string;
  changes: { what: string; rev: number; lines: [string, string][] }[];
}

export interface Differences {
  rows: [string, string, string[]][];
  signs: Record<string, string>[];
}

export interface TableRows {
  name: string;
  columns: [string, string][];
  rows: any[][];
  total: number;
}

export interface Model {
  get(name: string): any;
  send(content: any): void;
  on(name: string, callback: (content: any) => void): void;
  off(name: string, callback: (content: any) => void): void;
}
