// Places in lines of things with gaps: X is a heading, a gap is null.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endThing, nextThing, sameThing } from "../../../resnet_viz/ui/components/table_view/js/places.js";

const LINES = [
  ["X", "Y", "Z"],
  ["a", null, "c"],
  [null, "e", "f"],
  [null, null, null],
];
const NAMES = ["first", "second", "third"];
const [UP, DOWN] = [
  { down: -1, across: 0 },
  { down: 1, across: 0 },
];
const [LEFT, RIGHT] = [
  { down: 0, across: -1 },
  { down: 0, across: 1 },
];

test("an arrow leads over gaps to the next thing, and nowhere at the edge", () => {
  assert.deepEqual(
    [nextThing(LINES, 1, 0, RIGHT), nextThing(LINES, 1, 2, LEFT), nextThing(LINES, 0, 1, DOWN)],
    ["c", "a", "e"],
  );
  assert.deepEqual([nextThing(LINES, 2, 1, UP), nextThing(LINES, 0, 0, DOWN)], ["Y", "a"]);
  const edges = [nextThing(LINES, 0, 0, UP), nextThing(LINES, 0, 0, LEFT), nextThing(LINES, 0, 2, RIGHT)];
  assert.deepEqual([...edges, nextThing(LINES, 1, 0, DOWN), nextThing(LINES, 2, 1, LEFT)], Array(5).fill(null));
});

test("a line begins and ends with what is there", () => {
  assert.deepEqual([endThing(LINES[2], "first"), endThing(LINES[1], "last")], ["e", "c"]);
  assert.deepEqual([endThing(LINES[3], "first"), endThing([], "last")], [null, null]);
});

test("in another table the row of the same name is the same, wherever it stands", () => {
  assert.equal(sameThing(LINES, NAMES, { row: "second", at: 1, column: 2 }), "f");
  assert.equal(sameThing(LINES, NAMES, { row: "", at: 0, column: 1 }), "Y");
});

test("where there is no such row its height counts, and where no such column the last one", () => {
  assert.equal(sameThing(LINES, NAMES, { row: "gone", at: 1, column: 2 }), "c");
  assert.equal(sameThing(LINES.slice(0, 3), NAMES.slice(0, 2), { row: "gone", at: 9, column: 9 }), "f");
});

test("a gap leads to the first thing of its row, and an empty row nowhere", () => {
  assert.equal(sameThing(LINES, NAMES, { row: "second", at: 2, column: 0 }), "e");
  assert.equal(sameThing(LINES, NAMES, { row: "third", at: 3, column: 0 }), null);
});
