// What a screen reader says of a cell.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cellName } from "../../../resnet_viz/ui/components/table_view/js/spoken.js";

/** @import { RowData, TableData, TableWords } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const words = /** @type {TableWords} */ ({
  cell: "{row} of {column}: {what}",
  times: "times {n}",
  plus: "plus",
  hidden: "hidden",
  none: "no such part",
});

/** @type {RowData["cells"]} */
const CELLS = [
  {
    size: "56×56",
    lines: ["3×3 max pool"],
    brackets: [
      { layers: ["3×3, 64", "3×3, 64"], count: 2 },
      { layers: ["1×1, 64"], count: 1 },
    ],
    printed: "",
    count: 3,
  },
  { isHidden: true },
  null,
];

test("a cell is said with its row and net, bracket after bracket; a hidden one gives nothing away", () => {
  const row = /** @type {RowData} */ ({ title: "conv2_x", cells: CELLS });
  const columns = ["A", "B", "C"].map((name) => ({ name, depth: "" }));
  const data = /** @type {TableData} */ ({ words, columns });
  assert.deepEqual(
    CELLS.map((_cell, column) => cellName(data, row, column)),
    [
      "conv2_x of A: 56×56; 3×3 max pool; 3×3, 64; 3×3, 64; times 2; plus; 1×1, 64; times 1",
      "conv2_x of B: hidden",
      "no such part",
    ],
  );
});
