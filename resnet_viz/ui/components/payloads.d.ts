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
