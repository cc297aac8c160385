// What Python sends to the browser. Written from Python's TypedDicts by tools/declare_payloads.py.

/** All of a drawing's nets at one level: where that drawing is to be had, and how many boxes it has. */
export interface WholeLevel {
  address: string;
  boxes: number;
}

/** Ids of the ops on a block's two branches, and of its add. */
export interface BranchIds {
  residual: string[];
  bypass: string[];
  add: string | null;
}

/** Data of a node or run. The front end reads these keys. */
export interface NodeFacts {
  kind: string;
  about: string;
  shape: string;
  costs: string[];
  amounts: (number | null)[];
  find: string;
  parent: string | null;
  name?: string;
  levels?: string[];
  level?: string;
  branches?: BranchIds;
  blocks?: number;
}

/** A drawing and what is known of it; `net` is the same in all drawings of the same nets. */
export interface DrawingPayload {
  address: string;
  net: string;
  title: string;
  levels: Record<string, WholeLevel>;
  svg: string;
  facts: Record<string, NodeFacts>;
}

/** A change of the drawing, as the route takes it. */
export interface ChangeParams {
  do: string;
  what: string;
  at: string;
}

/** A way to colour the drawing; `at` is its place among a node's `amounts`, None for the stages' colours. */
export interface ShadeMetric {
  key: string;
  name: string;
  help: string;
  at: number | null;
  kind: "count" | "macs" | "bytes" | "pixels" | null;
}

/** What a wire, a sign or an outline of the drawing means. `kind` is its class in the SVG. */
export interface LegendEntry {
  kind: string;
  what: "wire" | "add" | "run" | "mark";
  style: "solid" | "dashed" | "dotted";
  name: string;
}

/** All words of a drawing's view; the browser fills in `{n}` and the like. */
export interface GraphWords {
  zoomIn: string;
  zoomOut: string;
  fit: string;
  fitTitle: string;
  natural: string;
  naturalTitle: string;
  goTitle: string;
  help: string;
  close: string;
  search: string;
  searchHint: string;
  previous: string;
  next: string;
  show: string;
  showTitle: string;
  colourBy: string;
  facts: string;
  network: string;
  hint: string;
  showAs: string;
  opCount: string;
  ins: string;
  outs: string;
  inside: string;
  toAround: string;
  toInput: string;
  toOutput: string;
  residual: string;
  bypassing: string;
  wire: string;
  pane: string;
  spokenBox: string;
  spokenFrame: string;
  selected: string;
  nothing: string;
  shown: string;
  trouble: string;
  allClosed: string;
  noInputs: string;
  noOutputs: string;
  found: string;
  foundName: string;
  noneFound: string;
  legend: LegendEntry[];
  levels: Record<string, string>;
  keys: [string, string][];
}

/** What a drawing's view gets from the script. */
export interface GraphData {
  graph: string;
  route: string;
  language: string;
  ahead: Record<string, ChangeParams[]>;
  recolour: Record<string, string>;
  metrics: ShadeMetric[];
  ramp: Record<string, string[]>;
  words: GraphWords;
}

/** A Mark, and the key of its drawing. */
export interface GraphMark {
  graph: string;
  address: string;
  selected: string | null;
  shade: string;
  turn: number;
  session: string;
}
