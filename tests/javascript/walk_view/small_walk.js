// Small walks of an invented source, for the unit tests: what Python would send of them.

import { NetWalks } from "../../../resnet_viz/ui/components/walk_view/js/record/net.js";

/** @import { ConditionRow, FoldRow, OneWalk, StageMark, ValueRow, WalkPayload } from "../../../resnet_viz/ui/components/payloads.d.ts" */

/**
 * @typedef {object} Statement
 * @property {number} line
 * @property {Record<string, string | null>} [changed] - names and what they are then; null where they are gone
 * @property {string[]} [nodes]
 * @property {ConditionRow} [condition]
 * @property {Call[]} [calls]
 */

/** @typedef {{ function: string, line: number, arguments?: Record<string, string>, statements: Statement[] }} Call */

/**
 * @typedef {object} SmallWalk
 * @property {Call} call
 * @property {FoldRow[]} [folds]
 * @property {StageMark[]} [marks]
 * @property {Record<string, [number, number]>} [growth]
 */

/** @typedef {{ net?: string, source?: string[], build: SmallWalk, forward?: SmallWalk }} SmallNet */

const FILE = "nets/small.py";

/**
 * @param {SmallNet} net
 * @returns {WalkPayload}
 */
export function payloadOf({ net = "net=small", source = [], build, forward = build }) {
  return {
    net,
    name: net.replace("net=", ""),
    walks: { build: walkOf("build", net, source, build), forward: walkOf("forward", net, source, forward) },
    colours: {},
    stages: { title: "", head: [], rows: [] },
  };
}

/** @param {SmallNet} net */
export function walksOf(net) {
  return new NetWalks(payloadOf(net));
}

/**
 * Nets with this many equal passes of a loop of two steps, between a first and a last step: steps 0 (the call), 1, then
 * 2 and 3 for each pass, and one more.
 *
 * @param {number} passes
 * @param {string} [net]
 */
export function loopingWalks(passes, net) {
  const loop = Array.from({ length: passes }, () => [{ line: 3 }, { line: 4 }]).flat();
  const call = { function: "make", line: 1, statements: [{ line: 2 }, ...loop, { line: 5 }] };
  return walksOf({ net, build: { call, folds: [[2, 2, passes]] } });
}

/**
 * @param {string} kind
 * @param {string} net
 * @param {string[]} source
 * @param {SmallWalk} walk
 * @returns {OneWalk}
 */
function walkOf(kind, net, source, { call, folds = [], marks = [], growth = {} }) {
  const recorder = new Recorder();
  recorder.call(call, 0, null);
  const { steps, values, conditions, functions } = recorder;
  const text = source.length
    ? source.join("\n")
    : Array.from({ length: 20 }, (_, i) => `statement ${i + 1}`).join("\n");
  const files = [{ file: FILE, package: "nets", version: "1.0", sha256: "0", text }];
  const about = { schema: "resnet_viz code walk", version: 1, kind, net };
  return { record: { ...about, files, values, conditions, functions, steps, folds }, marks, growth };
}

class Recorder {
  /** @type {OneWalk["record"]["steps"]} */
  steps = {
    function: [],
    line: [],
    end_line: [],
    depth: [],
    parent: [],
    before: [],
    owner: [],
    changed: [],
    returned: [],
    condition: [],
    node_ids: [],
  };
  /** @type {ValueRow[]} */
  values = [];
  /** @type {ConditionRow[]} */
  conditions = [];
  /** @type {[string, string][]} */
  functions = [];

  /**
   * @param {Call} call
   * @param {number} depth
   * @param {number | null} parent
   */
  call(call, depth, parent) {
    const place = this.functions.push([FILE, call.function]) - 1;
    let before = this.#step(place, { line: call.line, changed: call.arguments }, depth, parent, null);
    for (const statement of call.statements) {
      const at = this.#step(place, statement, depth, parent, before);
      before = at;
      for (const inner of statement.calls ?? []) this.call(inner, depth + 1, at);
    }
  }

  /**
   * @param {number} place
   * @param {Statement} statement
   * @param {number} depth
   * @param {number | null} parent
   * @param {number | null} before
   */
  #step(place, { line, changed = {}, nodes = [], condition }, depth, parent, before) {
    const { steps } = this;
    steps.function.push(place);
    steps.line.push(line);
    steps.end_line.push(line);
    steps.depth.push(depth);
    steps.parent.push(parent);
    steps.before.push(before);
    steps.owner.push(null);
    steps.changed.push(Object.entries(changed).flatMap(([name, text]) => [name, this.#value(text)]));
    steps.returned.push(null);
    steps.condition.push(condition ? this.conditions.push(condition) - 1 : null);
    steps.node_ids.push(nodes);
    return steps.line.length - 1;
  }

  /** @param {string | null} text */
  #value(text) {
    return text === null ? -1 : this.values.push([text, /^\d/.test(text) ? "number" : "object", null, null]) - 1;
  }
}
