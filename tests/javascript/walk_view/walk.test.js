// What a walk answers of its steps, its lines and its nodes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenStep } from "../../../resnet_viz/ui/components/walk_view/js/panels/spoken.js";
import { answerWords, partsOf } from "../../../resnet_viz/ui/components/walk_view/js/record/conditions.js";
import { kindOf } from "../../../resnet_viz/ui/components/walk_view/js/record/net.js";
import { statementsOf } from "../../../resnet_viz/ui/components/walk_view/js/record/origin.js";
import { walksOf } from "./small_walk.js";

/** @import { ConditionRow } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const WORDS = { notLookedAt: "not looked at", notKnown: "not known" };

/** @type {ConditionRow} */
const STRIDE = ["stride != 1", "2 != 1", true, true, []];
/** @type {ConditionRow} */
const WIDTH = ["inplanes != planes", "64 != 64", null, false, []];
/** @type {ConditionRow} */
const ASKED = ["stride != 1 or inplanes != planes", "2 != 1 or 64 != 64", true, true, [STRIDE, WIDTH]];

/** @param {number} n */
function block(n) {
  return {
    line: 3,
    nodes: [`layer1.${n}`],
    calls: [{ function: "Block", line: 6, statements: [{ line: 7, nodes: [`layer1.${n}.conv`] }] }],
  };
}

const call = {
  function: "make",
  line: 1,
  statements: [
    { line: 2, nodes: ["stem"], condition: ASKED },
    { line: 4, calls: [{ function: "layer", line: 5, statements: [0, 1, 2, 3].map(block) }] },
    { line: 8, nodes: ["fc"] },
  ],
};
const source = ["def make():", "    stem()", "", "\tone(\u2003", "        two)"];
const { build } = walksOf({
  source,
  build: {
    call,
    marks: [
      [1, "stem", null],
      [2, "layer1", 0],
    ],
    growth: { "fc.add": [4, 14], late: [16, 99] },
  },
});

test("a run of blocks leads to what made all of them", () => {
  assert.deepEqual(statementsOf(build, "layer1.0"), [4, 2]);
  assert.deepEqual(statementsOf(build, "layer1.1..3"), [2]);
  assert.deepEqual(statementsOf(build, "layer1.1..1"), [7, 2]);
  assert.deepEqual(statementsOf(build, "layer1.7..9"), []);
});

test("a group that no statement names leads to what made all in it", () => {
  assert.deepEqual(statementsOf(build, "layer1"), [2]);
});

test("what is only known to grow leads to what was under way meanwhile", () => {
  assert.deepEqual(statementsOf(build, "fc.add"), [2]);
  assert.deepEqual(statementsOf(build, "late"), [16]);
});

test("an op of a module that runs again leads to the module", () => {
  assert.deepEqual(statementsOf(build, "fc_1"), [16]);
});

test("a step lies in the part that began last", () => {
  assert.deepEqual(
    [0, 1, 2, 9].map((at) => build.partOf(at)),
    [null, "stem", "layer1", "layer1"],
  );
});

test("the last op that ran is that of the step or of the nearest one before it", () => {
  assert.deepEqual(
    [0, 1, 2, 4, 5].map((at) => build.opAt(at)),
    [null, "stem", "stem", "layer1.0", "layer1.0"],
  );
});

test("a line that never ran has a text and no steps", () => {
  assert.equal(build.lineOf("nets/small.py", 2), "stem()");
  assert.equal(build.lineOf("nets/small.py", 99), "");
  assert.equal(build.lineOf("nets/other.py", 1), "");
  assert.deepEqual(build.stepsAt("nets/small.py", 99), []);
  assert.deepEqual(build.nodesAt("nets/small.py", 99), []);
});

test("a condition is told by its parts, a part that was not looked at as such", () => {
  assert.deepEqual(
    partsOf(ASKED).map((part) => answerWords(WORDS, part)),
    ["True", "not looked at"],
  );
  assert.deepEqual(partsOf(STRIDE), [STRIDE]);
  assert.equal(answerWords(WORDS, ["f()", "f()", null, true, []]), "not known");
});

test("a step is read out with where it is, its code, its answers and its nodes", () => {
  assert.equal(spokenStep(WORDS, build, 1), "small.py:2, stem(), 2 != 1 True, 64 != 64 not looked at, stem");
});

test("a kind that is none is the build", () => {
  assert.deepEqual(["forward", "build", "", "x"].map(kindOf), ["forward", "build", "build", "build"]);
});
