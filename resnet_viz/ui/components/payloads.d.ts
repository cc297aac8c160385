// What Python sends to the browser. Written from Python's TypedDicts by tools/declare_payloads.py.

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

/** The page's language, as in `zh-CN`, and whether it is in projector mode. */
export interface PageData {
  language: string;
  projector: boolean;
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

/** A cell's texts; `size` where the nets of its row differ in it, `printed` where the paper has the cell. */
export interface ShownCell {
  size: string;
  lines: string[];
  brackets: BracketData[];
  printed: string;
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
}

/** The table by row, what is lit in it, and the number of the browser's last message. */
export interface TableData {
  columns: ColumnData[];
  rows: RowData[];
  lit: [string, number][];
  words: TableWords;
  turn: number;
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
}
