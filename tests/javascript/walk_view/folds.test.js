// Which steps are walked, and where somebody stands whose pass is folded away.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inFirstPass, Path } from "../../../resnet_viz/ui/components/walk_view/js/record/folds.js";

/** @import { FoldRow } from "../../../resnet_viz/ui/components/payloads.d.ts" */

// Three passes of four steps from step 2 on; in the first pass two of one step each.
/** @type {FoldRow} */
const OUTER = [2, 4, 3];
/** @type {FoldRow} */
const INNER = [3, 1, 2];

test("a closed fold is walked once", () => {
  assert.deepEqual(new Path(16, [OUTER]).steps, [0, 1, 2, 3, 4, 5, 14, 15]);
  assert.deepEqual(new Path(16, [OUTER, INNER]).steps, [0, 1, 2, 3, 5, 14, 15]);
  assert.deepEqual(new Path(16, []).length, 16);
});

test("a step that is passed over has the place of the one before", () => {
  const path = new Path(16, [OUTER]);
  assert.deepEqual(
    [5, 6, 13, 14].map((step) => path.placeOf(step)),
    [5, 5, 5, 6],
  );
  assert.deepEqual(
    [5, 6].map((step) => path.isSkipped(step)),
    [false, true],
  );
});

test("from each step one goes to the next and back, and nowhere from the ends", () => {
  const path = new Path(16, [OUTER]);
  assert.deepEqual([path.after(5), path.before(14)], [14, 5]);
  assert.deepEqual([path.before(0), path.after(15), path.last], [null, null, 15]);
});

test("a target that is passed over is the next step that is walked, or the last of all", () => {
  assert.equal(new Path(16, [OUTER]).onwards(7), 14);
  assert.equal(new Path(14, [OUTER]).onwards(7), 5);
});

test("whoever is folded away stands at the same line of the first pass, also within a fold inside it", () => {
  assert.deepEqual(
    [1, 5, 6, 9, 14].map((at) => inFirstPass([OUTER], at)),
    [1, 5, 2, 5, 14],
  );
  assert.equal(inFirstPass([OUTER, INNER], 12), 3);
});
