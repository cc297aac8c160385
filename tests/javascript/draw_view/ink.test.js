// Ink on the pixels of a drawing: areas as geometry has them, cells, and nothing beyond the edge.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  emptyLevels,
  FULL,
  fillCell,
  hasInk,
  inkAlong,
  inkOf,
} from "../../../resnet_viz/ui/components/draw_view/js/ink.js";

const SHAPE = { side: 64, cells: 8 };
const RADIUS = 0.07 * 64;

/** @param {[number, number][]} spots */
function drawn(...spots) {
  const levels = emptyLevels(SHAPE);
  for (const [at, [x, y]] of spots.entries()) {
    const [fromX, fromY] = spots[Math.max(0, at - 1)] ?? [x, y];
    inkAlong(levels, SHAPE, { x: fromX, y: fromY }, { x, y });
  }
  return levels;
}

/** @param {Uint8Array} levels */
function area(levels) {
  return levels.reduce((sum, level) => sum + level, 0) / FULL;
}

/**
 * @param {number} got
 * @param {number} wanted
 */
function near(got, wanted) {
  assert.ok(Math.abs(got - wanted) < 0.03 * wanted, `${got} is not ${wanted}`);
}

test("a dot is a disc, and a stroke a straight way with round ends, in any direction", () => {
  near(area(drawn([32, 32])), Math.PI * RADIUS ** 2);
  for (const angle of [0, 0.4, 1, Math.PI / 2]) {
    const [across, down] = [15 * Math.cos(angle), 15 * Math.sin(angle)];
    const levels = drawn([32 - across, 32 - down], [32 + across, 32 + down]);
    near(area(levels), Math.PI * RADIUS ** 2 + 2 * RADIUS * 30);
  }
});

test("its edge is soft, its middle is full, and its pixels are where it went", () => {
  const levels = drawn([10, 20], [50, 20]);
  assert.deepEqual([levels[20 * 64 + 30], levels[(20 + 7) * 64 + 30], levels[30 * 64 + 20]], [FULL, 0, 0]);
  assert.ok(levels.some((level) => level > 0 && level < FULL));
});

test("the same way again changes nothing, and what lies outside is left out", () => {
  const once = drawn([10, 20], [50, 40]);
  assert.deepEqual(drawn([10, 20], [50, 40], [10, 20]), once);
  assert.equal(hasInk(drawn([-20, 10], [-20, 90])), false);
  // Half of the way lies on the pad, and half of its width.
  near(area(drawn([0, -64], [0, 64])), 64 * RADIUS);
});

test("a cell is inked and erased alone", () => {
  const levels = emptyLevels(SHAPE);
  fillCell(levels, SHAPE, { row: 2, column: 7 }, FULL);
  assert.deepEqual([area(levels), inkOf(levels, SHAPE, { row: 2, column: 7 })], [64, 1]);
  assert.deepEqual(
    [levels[16 * 64 + 56], levels[23 * 64 + 63], levels[24 * 64], levels[15 * 64 + 63]],
    [FULL, FULL, 0, 0],
  );
  fillCell(levels, SHAPE, { row: 2, column: 7 }, 0);
  assert.equal(hasInk(levels), false);
});
