// What the panels reckon before they show it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf } from "../../../resnet_viz/ui/components/walk_view/js/panels/code_line.js";
import { namesInOrder } from "../../../resnet_viz/ui/components/walk_view/js/panels/variables.js";
import { Position } from "../../../resnet_viz/ui/components/walk_view/js/playing/position.js";
import { spansOf } from "../../../resnet_viz/ui/components/walk_view/js/transport/timeline.js";
import { walksOf } from "./small_walk.js";

/** @import { ValueRow } from "../../../resnet_viz/ui/components/payloads.d.ts" */

test("a line is cut where its colours change", () => {
  assert.deepEqual(
    piecesOf("x = None  # no", [
      [4, 8, "keyword"],
      [10, 14, "comment"],
    ]),
    [
      ["x = ", null],
      ["None", "keyword"],
      ["  ", null],
      ["# no", "comment"],
    ],
  );
  assert.deepEqual(piecesOf("x", []), [["x", null]]);
  assert.deepEqual(piecesOf("", []), []);
});

test("a sign that JavaScript counts twice is one of Python's characters", () => {
  assert.deepEqual(
    piecesOf('"😀" # 𝟙', [
      [0, 3, "string"],
      [4, 7, "comment"],
    ]),
    [
      ['"😀"', "string"],
      [" ", null],
      ["# 𝟙", "comment"],
    ],
  );
});

test("plain names stand before numbers of an object, those before its other attributes, and the object last", () => {
  /** @type {[string, string][]} */
  const kinds = [
    ["self", "object"],
    ["self.norm", "class"],
    ["self.inplanes", "number"],
    ["planes", "number"],
  ];
  /** @type {Map<string, ValueRow>} */
  const now = new Map(kinds.map(([name, kind]) => [name, [name, kind, null, null]]));
  const changed = new Map([
    ["stride", null],
    ["planes", null],
  ]);
  assert.deepEqual(namesInOrder(now, changed), ["planes", "stride", "self.inplanes", "self.norm", "self"]);
});

test("the parts of a walk share the path as it is folded", () => {
  const call = { function: "make", line: 1, statements: [2, 3, 3, 3, 4].map((line) => ({ line })) };
  const build = {
    call,
    marks: /** @type {[number, string, null][]} */ ([
      [0, "stem", null],
      [5, "head", null],
    ]),
  };
  const folded = new Position(walksOf({ build: { ...build, folds: [[2, 1, 3]] } }).build);
  assert.deepEqual(
    spansOf(folded).map(({ start, end }) => [start, end]),
    [
      [0, 0.75],
      [0.75, 1],
    ],
  );
  const [stem] = spansOf(new Position(walksOf({ build }).build));
  assert.deepEqual([stem.mark, stem.end], [[0, "stem", null], 5 / 6]);
});
