// What differs between one table and the next.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changedCells,
  isSameForm,
  isSameTable,
  shiningCells,
} from "../../../resnet_viz/ui/components/table_view/js/compare.js";

/** @import { RowData, ShownCell, TableData, TableWords } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const WORDS = Object.fromEntries(
  ["table", "layerName", "outputSize", "differs", "cell", "net", "times", "plus", "hidden", "none"].map((key) => [
    key,
    key,
  ]),
);

/** @param {string} line @returns {ShownCell} */
const cell = (line) => ({ size: "", lines: [line], brackets: [], printed: "", count: null });

/** @param {string} name @param {(string | null)[]} lines @param {[number, number][]} joined @returns {RowData} */
const row = (name, lines, joined = []) => ({
  name,
  title: name,
  stage: "",
  size: "56×56",
  isTotal: false,
  colours: null,
  cells: lines.map((line) => (line ? cell(line) : null)),
  joined,
});

/** @param {RowData[]} rows @returns {TableData} */
const table = (rows, language = "en") => ({
  columns: rows[0].cells.map((_cell, at) => ({ name: `net ${at}`, depth: "" })),
  rows,
  lit: [],
  words: /** @type {TableWords} */ ({ ...WORDS, language }),
  turn: 0,
  countTurn: 0,
});

const BEFORE = table([row("conv1", ["a", "b"], [[0, 1]]), row("conv2_x", ["c", null])]);

test("what is lit and the turn are no part of a table", () => {
  assert.equal(isSameTable(BEFORE, { ...BEFORE, lit: [["conv1", 0]], turn: 4 }), true);
  assert.equal(isSameTable(BEFORE, table([row("conv1", ["a", "b"], [[0, 1]]), row("conv2_x", ["d", null])])), false);
});

test("other words in a cell are the same form; another row, gap, joined cell or language are not", () => {
  const withCell = table([row("conv1", ["a", "b"], [[0, 1]]), row("conv2_x", ["d", null])]);
  assert.equal(isSameForm(BEFORE, withCell), true);
  const others = [
    table([row("conv1", ["a", "b"], [[0, 1]]), row("conv3_x", ["c", null])]),
    table([row("conv1", ["a", "b"], [[0, 1]]), row("conv2_x", ["c", "d"])]),
    table([row("conv1", ["a", "x"], [[0, 1]]), row("conv2_x", ["c", null])]),
    table(BEFORE.rows, "zh-CN"),
  ];
  assert.deepEqual(
    others.map((other) => isSameForm(BEFORE, other)),
    [false, false, false, false],
  );
});

test("a cell that says something else is filled anew, and shines", () => {
  const now = table([row("conv1", ["a", "b"], [[0, 1]]), row("conv2_x", ["d", null])]);
  const place = [{ at: 1, column: 0 }];
  assert.deepEqual([changedCells(BEFORE, now), shiningCells(BEFORE, now)], [place, place]);
});

test("rows are the same by their names; what is there only now does not shine", () => {
  const now = table([row("conv2_x", ["d", "e"]), row("conv1", ["a", "b"], [[0, 1]]), row("conv3_x", ["f", "g"])]);
  assert.deepEqual(shiningCells(BEFORE, now), [{ at: 0, column: 0 }]);
});

test("nothing shines in another language or beside another net", () => {
  const rows = [row("conv1", ["x", "y"])];
  assert.deepEqual(shiningCells(BEFORE, table(rows, "zh-CN")), []);
  assert.deepEqual(shiningCells(BEFORE, table([row("conv1", ["x", "y", "z"])])), []);
  assert.equal(shiningCells(BEFORE, table(rows)).length, 2);
});
