// The same line in another net.

import assert from "node:assert/strict";
import { test } from "node:test";
import { alignedStep } from "../../../resnet_viz/ui/components/walk_view/js/record/align.js";
import { walksOf } from "./small_walk.js";

/** @import { StageMark } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const SOURCE = [
  "def make():",
  "    block()",
  "class Basic:",
  "    def __init__(self):",
  "        self.conv1 = conv3x3(a, b)",
  "        self.conv2 = conv3x3(b, b)",
  "class Bottleneck:",
  "    def __init__(self):",
  "        self.conv1 = conv1x1(a, b)",
  "        self.conv2 = conv3x3(b, b)",
  "        self.conv3 = conv1x1(b, c)",
];

/**
 * A net of stages with so many blocks each.
 *
 * @param {"Basic" | "Bottleneck"} kind
 * @param {number[]} stages
 */
function net(kind, stages) {
  const lines = kind === "Basic" ? [5, 6] : [9, 10, 11];
  const block = {
    function: `${kind}.__init__`,
    line: kind === "Basic" ? 4 : 8,
    statements: lines.map((line) => ({ line })),
  };
  const blocks = stages.flatMap((n) => Array.from({ length: n }, () => ({ line: 2, calls: [block] })));
  const size = lines.length + 2;
  /** @type {StageMark[]} */
  const marks = [];
  let at = 1;
  for (const [number, n] of stages.entries()) {
    marks.push([at, `layer${number + 1}`, number]);
    at += n * size;
  }
  const call = { function: "make", line: 1, statements: blocks };
  const walk = walksOf({ net: `net=${kind}`, source: SOURCE, build: { call, marks } }).build;
  // The step of the `part`th line of a block; part 0 is the statement that makes it.
  const step = (/** @type {number} */ stage, /** @type {number} */ n, /** @type {number} */ part) =>
    marks[stage][0] + n * size + (part === 0 ? 0 : part + 1);
  return { walk, step };
}

test("in the same net each step stands beside itself", () => {
  const { walk } = net("Bottleneck", [2, 3]);
  for (const at of walk.steps.line.keys()) assert.equal(alignedStep(walk, walk, at), at);
});

test("the same line of the same block stands beside", () => {
  const [one, other] = [net("Basic", [2, 2]), net("Basic", [3, 4])];
  assert.equal(alignedStep(one.walk, other.walk, one.step(1, 1, 2)), other.step(1, 1, 2));
});

test("beyond a shorter stage stands its last block, never one of the next stage", () => {
  const [one, other] = [net("Basic", [4, 1]), net("Basic", [2, 1])];
  assert.equal(alignedStep(one.walk, other.walk, one.step(0, 3, 1)), other.step(0, 1, 1));
});

test("in another kind of block stands what reads the same, or sets the same attribute", () => {
  const [one, other] = [net("Bottleneck", [1, 2]), net("Basic", [2, 2])];
  assert.equal(alignedStep(one.walk, other.walk, one.step(1, 1, 2)), other.step(1, 1, 2));
  assert.equal(alignedStep(one.walk, other.walk, one.step(1, 1, 1)), other.step(1, 1, 1));
});

test("what the other net does not run stands beside nothing", () => {
  const [one, other] = [net("Bottleneck", [1, 2]), net("Basic", [2])];
  assert.equal(alignedStep(one.walk, other.walk, one.step(0, 0, 3)), null);
  assert.equal(alignedStep(one.walk, other.walk, one.step(1, 0, 1)), null);
});
