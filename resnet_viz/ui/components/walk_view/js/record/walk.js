// A walk as it was recorded, and what can be asked of it: Python's `CodeWalk` (records/walk.py) in the browser. Steps are
// numbers from 0.

import { Replay } from "./replay.js";

/** @import { StageMark, WalkPayload } from "../../../payloads.d.ts" */

/** @typedef {"build" | "forward"} WalkKind */

/**
 * @typedef {object} FileLines
 * @property {string} file
 * @property {string} package
 * @property {string} version
 * @property {string} sha256
 * @property {string[]} lines
 * @property {[first: number, last: number, kind: string][][]} colours - the syntax spans of each line
 */

const INDENT = /^\s*/;

/** @param {string} line */
function indentOf(line) {
  return INDENT.exec(line)?.[0].length ?? 0;
}

export class Walk {
  /** @type {Map<string, FileLines>} */
  files = new Map();
  #functions;
  #values;
  #conditions;
  /** @type {Map<string, number>} */
  #made = new Map();
  /** @type {Map<string, number[]>} */
  #atLine = new Map();

  /**
   * @param {WalkPayload} payload
   * @param {WalkKind} kind
   */
  constructor(payload, kind) {
    const { record, marks, growth } = payload.walks[kind];
    this.kind = kind;
    this.net = payload.net;
    this.name = payload.name;
    this.marks = marks;
    this.growth = growth;
    this.steps = record.steps;
    this.length = record.steps.line.length;
    this.folds = record.folds;
    this.replay = new Replay(record.steps, record.values);
    this.#functions = record.functions;
    this.#values = record.values;
    this.#conditions = record.conditions;
    for (const { text, ...about } of record.files) {
      this.files.set(about.file, { ...about, lines: text.split("\n"), colours: payload.colours[about.file] ?? [] });
    }
    this.#index();
  }

  /** A node's innermost step is its last: a caller comes before what it calls. */
  #index() {
    const { node_ids: ids, line, end_line: end } = this.steps;
    for (let at = 0; at < this.length; at++) {
      for (const id of ids[at]) this.#made.set(id, at);
      for (let own = line[at]; own <= end[at]; own++) {
        const key = `${this.fileOf(at)}:${own}`;
        const steps = this.#atLine.get(key);
        if (steps) steps.push(at);
        else this.#atLine.set(key, [at]);
      }
    }
  }

  // Of one step

  /** @param {number} at */
  fileOf(at) {
    return this.#functions[this.steps.function[at]][0];
  }

  /** @param {number} at */
  functionOf(at) {
    return this.#functions[this.steps.function[at]][1];
  }

  /** @param {number} at */
  isCall(at) {
    return this.steps.before[at] === null;
  }

  /**
   * The statement as it stands in the file, its lines moved left together.
   *
   * @param {number} at
   */
  codeOf(at) {
    const lines = this.files.get(this.fileOf(at))?.lines ?? [];
    const own = lines.slice(this.steps.line[at] - 1, this.steps.end_line[at]);
    const indent = indentOf(own[0] ?? "");
    return own.map((line) => line.slice(Math.min(indent, indentOf(line))));
  }

  /**
   * The text of a line, whether it ran or not.
   *
   * @param {string} file
   * @param {number} line
   */
  lineOf(file, line) {
    return this.files.get(file)?.lines[line - 1]?.trim() ?? "";
  }

  /**
   * Its first line alone.
   *
   * @param {number} at
   */
  headOf(at) {
    return this.codeOf(at)[0] ?? "";
  }

  /**
   * Where it is, as in `resnet.py:64`.
   *
   * @param {number} at
   */
  where(at) {
    return `${this.fileOf(at).split("/").pop()}:${this.steps.line[at]}`;
  }

  /** @param {number} at */
  conditionOf(at) {
    const place = this.steps.condition[at];
    return place === null ? null : this.#conditions[place];
  }

  /** @param {number} at */
  returnedOf(at) {
    const place = this.steps.returned[at];
    return place === null ? null : this.#values[place];
  }

  /**
   * The part that a step belongs to, as in `layer2`; null before the first one.
   *
   * @param {number} at
   */
  partOf(at) {
    /** @type {StageMark | null} */
    let found = null;
    for (const mark of this.marks) if (mark[0] <= at) found = mark;
    return found?.[1] ?? null;
  }

  // From step to step

  /**
   * A step and the statements that made the calls around it, innermost first.
   *
   * @param {number} at
   */
  stackOf(at) {
    /** @type {number[]} */
    const stack = [];
    for (let step = /** @type {number | null} */ (at); step !== null; step = this.steps.parent[step]) stack.push(step);
    return stack;
  }

  /**
   * The step after the last one of all that a step called; of a call, after all of the call.
   *
   * @param {number} at
   */
  endOf(at) {
    const depth = this.isCall(at) ? this.steps.depth[at] - 1 : this.steps.depth[at];
    return this.firstFrom(at + 1, depth) ?? this.length;
  }

  /**
   * The next step in as many calls or fewer.
   *
   * @param {number} at
   */
  overOf(at) {
    return this.firstFrom(at + 1, this.steps.depth[at]);
  }

  /**
   * The next step in fewer calls.
   *
   * @param {number} at
   */
  outOf(at) {
    return this.firstFrom(at + 1, this.steps.depth[at] - 1);
  }

  /**
   * The first step from `start` on within at most `depth` calls.
   *
   * @param {number} start
   * @param {number} depth
   */
  firstFrom(start, depth) {
    for (let step = start; step < this.length; step++) if (this.steps.depth[step] <= depth) return step;
    return null;
  }

  /** @param {number} at */
  hasCalls(at) {
    return at + 1 < this.length && this.steps.depth[at + 1] > this.steps.depth[at];
  }

  // From nodes and lines to steps

  /**
   * The op of a step of a forward pass, or the last one that ran before it.
   *
   * @param {number} step
   */
  opAt(step) {
    for (let at = step; at >= 0; at--) {
      const id = this.steps.node_ids[at].at(-1);
      if (id !== undefined) return id;
    }
    return null;
  }

  /**
   * The steps of the statement at a line of a file.
   *
   * @param {string} file
   * @param {number} line
   */
  stepsAt(file, line) {
    return this.#atLine.get(`${file}:${line}`) ?? [];
  }

  /**
   * All nodes that a statement made or ran.
   *
   * @param {string} file
   * @param {number} line
   */
  nodesAt(file, line) {
    return [...new Set(this.stepsAt(file, line).flatMap((at) => this.steps.node_ids[at]))];
  }

  /**
   * The innermost step that made (or ran) a node.
   *
   * @param {string} id
   */
  stepOf(id) {
    return this.#made.get(id);
  }

  /** All nodes, each with its innermost step. */
  made() {
    return this.#made.entries();
  }
}
