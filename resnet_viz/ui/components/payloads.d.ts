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
  fullScreen: string;
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
  hintTouch: string;
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
  slim: boolean;
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

/** What was measured of a drawing's boxes, and shades them on a logarithmic scale while it is there. */
export interface GraphMeasure {
  graph: string;
  help: string;
  amounts: Record<string, number>;
}

/** The page's language, as in `zh-CN`, whether it is in projector mode, and Streamlit's words in that language. */
export interface PageData {
  language: string;
  words: Record<string, string>;
  projector: boolean;
}

/** The window in projector mode, as the browser sends it: the factor of all type, and its height in pixels. */
export interface ScreenMessage {
  scale: number;
  height: number;
}

/** Words of the button that copies the link, and the parameters that the link leaves out. */
export interface LinkData {
  copy: string;
  copied: string;
  refused: string;
  without: string[];
}

/** Words of the buttons that step back and on. */
export interface StepsData {
  back: string;
  next: string;
}

/** The key of a container of the page, and the number of the click that asks for it; 0: none yet. */
export interface SightData {
  key: string;
  turn: number;
}

/** Texts of the crop's frame. */
export interface CropWords {
  language: string;
  picture: string;
  frame: string;
  title: string;
  middle: string;
  middleTitle: string;
  whereIs: string;
  isMiddle: string;
}

/** Where the frame is, in the header before the picture; shares are at least `least`, and told in steps of it. */
export interface FramingHeader {
  turn: number;
  isOwn: boolean;
  crop: [number, number, number, number];
  middle: [number, number, number, number];
  size: [number, number];
  input: [number, number];
  least: number;
  words: CropWords;
}

/** Texts of the camera. */
export interface CameraWords {
  video: string;
  live: string;
  liveTitle: string;
  photograph: string;
  turnOn: string;
  turnOff: string;
  remove: string;
  starting: string;
  off: string;
  refused: string;
  missing: string;
  busy: string;
  insecure: string;
  lost: string;
}

/** Which frame was answered last, and whether there is a picture that can be removed. */
export interface CameraData {
  answered: number;
  hasPicture: boolean;
  words: CameraWords;
}

/** Texts of the pad; the browser fills in `{row}` and the like. */
export interface DrawWords {
  language: string;
  pad: string;
  hint: string;
  cell: string;
  undo: string;
  undoTitle: string;
  clear: string;
  undone: string;
  cleared: string;
}

/** What Python knows of the drawing: a PGM file in base64, the message that it came with, and who counts them. */
export interface DrawData {
  turn: number;
  session: string;
  picture: string | null;
  side: number;
  cells: number;
  words: DrawWords;
}

/** A net's name and, where it has one, its depth as text. */
export interface ColumnData {
  name: string;
  depth: string;
}

/** A cell that shows a question mark. */
export interface HiddenCell {
  isHidden: true;
}

/** Layers that repeat. */
export interface BracketData {
  layers: string[];
  count: number;
}

/** A cell's texts; `size` where the nets of its row differ in it, `printed` a second line. */
export interface ShownCell {
  size: string;
  lines: string[];
  brackets: BracketData[];
  printed: string;
  count: number | null;
}

/** A row; `size` is None where its nets differ, `colours` are fill and outline by theme. */
export interface RowData {
  name: string;
  title: string;
  stage: string;
  size: string | null;
  isTotal: boolean;
  colours: Record<string, [string, string]> | null;
  cells: (HiddenCell | ShownCell | null)[];
  joined: [number, number][];
}

/** Texts of the table. */
export interface TableWords {
  language: string;
  table: string;
  layerName: string;
  outputSize: string;
  differs: string;
  cell: string;
  net: string;
  times: string;
  plus: string;
  hidden: string;
  none: string;
  blocks: string;
  more: string;
  less: string;
  hint: string;
  hintBlocks: string;
}

/** The table by row, what is lit in it, and the numbers of the browser's last messages: choices, and edits. */
export interface TableData {
  columns: ColumnData[];
  rows: RowData[];
  lit: [string, number][];
  words: TableWords;
  turn: number;
  countTurn: number;
}

/** A line of the cell, what it does, and what goes in and out; `first` is what the first block has instead. */
export interface LineData {
  text: string;
  deed: string;
  change: string;
  first: string;
}

/** A block: its node, its number from 1, its kind of shortcut, and its name for a screen reader. */
export interface BlockData {
  id: string;
  number: number;
  kind: string;
  name: string;
}

/** Neighbouring blocks by number, their kind of shortcut, and why they have it. */
export interface ReasonData {
  numbers: string;
  kind: string;
  text: string;
}

/** The picture; `paints` are fill and outline of a block, and colours of shortcuts by kind, by theme. */
export interface CellViewData {
  name: string;
  above: LineData[];
  layers: LineData[];
  count: string;
  blocks: BlockData[];
  more: string;
  reasons: ReasonData[];
  chosen: string | null;
  paints: Record<string, [string, string]>;
  wires: Record<string, Record<string, string>>;
  styles: Record<string, "solid" | "dashed" | "dotted">;
}

/** Names of a channel's statistics. */
export interface FigureWords {
  mean: string;
  min: string;
  max: string;
  at: string;
  deviation: string;
  zeros: string;
  norm: string;
  bad: string;
}

/** Texts of the channels. */
export interface ChannelWords {
  picture: string;
  fieldHint: string;
  fieldWhole: string;
  fieldClipped: string;
  fieldGlobal: string;
  key: string;
  keyOne: string;
  keyEach: string;
  keyChannel: string;
  keyReach: string;
  language: string;
  channels: string;
  channel: string;
  option: string;
  dead: string;
  cell: string;
  cells: string;
  meanOf: string;
  noValue: string;
  large: string;
  selected: string;
  closed: string;
  close: string;
  closeTitle: string;
  hint: string;
  nothing: string;
  title: string;
  trouble: string;
  figures: FigureWords;
}

/** Which tiles are wanted, by the route's name and query; the channel shown large; the browser's last message. */
export interface ChannelData {
  address: string;
  route: string;
  chosen: number | null;
  turn: number;
  words: ChannelWords;
}

/** Statistics of a channel, None for NaN, which JSON lacks. */
export interface FigureNumbers {
  channel: number;
  mean: number | null;
  min: number | null;
  max: number | null;
  variance: number | null;
  zeros: number | null;
  norm: number | null;
  n_bad: number;
  argmax: [number, number] | null;
}

/** The receptive field along one axis, as in Field. */
export interface AxisField {
  lo: number;
  hi: number;
  jump: number | null;
}

/** What a cell can see of the input: along both axes, vertically first. */
export interface FieldLooks {
  field: [AxisField, AxisField];
  input: [number, number];
  isGlobal: boolean;
}

/** A page of channels, in the header before levels, colours and thumbnail. */
export interface TilesHeader {
  lengths: [number, number, number];
  tile: [number, number];
  top: number;
  empty: number;
  reducedBy: number;
  channels: number[];
  low: number[];
  high: number[];
  isCentred: boolean;
  isClipped: boolean;
  figures: FigureNumbers[];
  looks: FieldLooks | null;
  name: string;
  facts: string;
  meaning: string;
}

/** A source file as installed. */
export interface SourceRow {
  file: string;
  package: string;
  version: string;
  sha256: string;
  text: string;
}

/** Description of a variable's value; `node` and `shape` may be null. */
export type ValueRow = [text: string, kind: string, node: string | null, shape: number[] | null];

/** A condition or sub-condition, and its result where it was evaluated. */
export type ConditionRow = [
  text: string,
  shown: string,
  value: boolean | null,
  is_looked_at: boolean,
  children: ConditionRow[],
];

/** A function: its file and its qualified name. */
export type FunctionRow = [file: string, name: string];

/** All steps: one list per column, one element per step. A step without `before` is a call. */
export interface StepColumns {
  function: number[];
  line: number[];
  end_line: number[];
  depth: number[];
  parent: (number | null)[];
  before: (number | null)[];
  owner: (string | null)[];
  changed: (string | number)[][];
  returned: (number | null)[];
  condition: (number | null)[];
  node_ids: string[][];
}

/** Equal passes: the first step, the steps of each pass, and the number of passes. */
export type FoldRow = [start: number, length: number, times: number];

/** A code walk as JSON. */
export interface WalkRecord {
  schema: string;
  version: number;
  kind: string;
  net: string;
  files: SourceRow[];
  values: ValueRow[];
  conditions: ConditionRow[];
  functions: FunctionRow[];
  steps: StepColumns;
  folds: FoldRow[];
}

/** Where a part of the net starts in a walk: stem, head, INITIALISING, or a stage with its number from 0. */
export type StageMark = [step: number, id: string, number: number | null];

/** A walk, where stem, stages and head start in it, and at which steps each node appears. */
export interface OneWalk {
  record: WalkRecord;
  marks: StageMark[];
  growth: Record<string, [number, number]>;
}

/** The walks of a net by kind. */
export interface BothWalks {
  build: OneWalk;
  forward: OneWalk;
}

/** A line of a cell: text, whether it is code, and the text after it. */
export type CellLine = [words: string, is_code: boolean, after: string];

/** A call of `_make_layer`: its step, the step that decides on its shortcut, and the cells of its row. */
export interface CallRow {
  step: number;
  asked: number;
  cells: CellLine[][];
}

/** The table of all calls of `_make_layer`. */
export interface CallTable {
  title: string;
  head: string[];
  rows: CallRow[];
}

/** Both walks of one net. */
export interface WalkPayload {
  net: string;
  name: string;
  walks: BothWalks;
  colours: Record<string, [number, number, string][][]>;
  stages: CallTable;
}

/** Texts of the code walk; the browser fills in `{n}` and the like. */
export interface WalkWords {
  walk: string;
  build: string;
  buildTitle: string;
  forward: string;
  forwardTitle: string;
  controls: string;
  first: string;
  back: string;
  step: string;
  stepWord: string;
  over: string;
  overWord: string;
  out: string;
  outWord: string;
  stage: string;
  stageWord: string;
  play: string;
  pause: string;
  runOn: string;
  noStop: string;
  speed: string;
  slider: string;
  stepOf: string;
  toPart: string;
  trouble: string;
  source: string;
  stopAt: string;
  ran: string;
  thisStep: string;
  variables: string;
  noVariables: string;
  changed: string;
  passed: string;
  gone: string;
  stack: string;
  makes: string;
  runs: string;
  returns: string;
  together: string;
  notLookedAt: string;
  notKnown: string;
  otherNet: string;
  noLine: string;
  stages: string;
  toCall: string;
  asked: string;
  askNode: string;
  close: string;
  madeBy: string;
  runBy: string;
  calledBy: string;
  notHere: string;
  lineMade: string;
  lineRan: string;
  stepN: string;
  more: string;
  steps: string;
  calls: string;
  passes: string;
  foldClosed: string;
  foldOpen: string;
  fold: string;
  unfold: string;
  keysTitle: string;
  keys: [string, string][];
}

/** Data of a code walk. The front end reads these keys. */
export interface WalkViewData {
  walk: string;
  graph: string;
  route: string;
  language: string;
  paints: Record<string, Record<string, [string, string]>>;
  words: WalkWords;
}

/** What a code walk shows: `WalkMark`, and the key of the walk. */
export interface WalkMarkData {
  walk: string;
  net: string;
  kind: string;
  step: number;
  other: string | null;
  turn: number;
  session: string;
}

/** The place for a part of a code walk that stands apart: `side` or `lists`. */
export interface WalkPlaceData {
  walk: string;
  part: string;
}

/** The step the user rests on, as the browser sends it. */
export interface RestMessage {
  net: string;
  kind: string;
  step: number;
  turn: number;
}
