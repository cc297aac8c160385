// The frame's shape, by arithmetic. A picture of 200 × 400 for an input of 100 × 100: the frame is half as wide as
// high, in shares.

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnAt, moved, resized, rounded } from "../../../resnet_viz/ui/components/crop_view/js/shape.js";

/** @import { Crop, Sizes, Spot } from "../../../resnet_viz/ui/components/crop_view/js/shape.js" */

/** @type {Sizes} */
const SIZES = { size: [200, 400], input: [100, 100], least: 1e-4 };
const CROP = { left: 0.4, top: 0.25, width: 0.25, height: 0.5 };
const [LEFT, RIGHT, ABOVE, BELOW] = [-1, 1, -1, 1];

/** @param {Crop} crop */
const edges = ({ left, top, width, height }) => [left, top, left + width, top + height];

/**
 * @param {number[]} got
 * @param {number[]} wanted
 */
function near(got, wanted) {
  got.forEach((value, at) => {
    assert.ok(Math.abs(value - wanted[at]) < 1e-12, `${got} and ${wanted}`);
  });
}

test("a part that is moved keeps its size and stays inside", () => {
  near(edges(moved(CROP, { x: 0.1, y: -0.1 })), [0.5, 0.15, 0.75, 0.65]);
  near(edges(moved(CROP, { x: 9, y: 9 })), [0.75, 0.5, 1, 1]);
  near(edges(moved(CROP, { x: -9, y: -9 })), [0, 0, 0.25, 0.5]);
});

test("a part is resized around its middle, in the shape of the input", () => {
  near(edges(resized(SIZES, CROP, 0.125)), [0.4625, 0.375, 0.5875, 0.625]);
});

test("a part is at most as large as fits, and pushed back from the edges", () => {
  near(edges(resized(SIZES, CROP, 7)), [0.275, 0, 0.775, 1]);
  near(edges(resized(SIZES, { ...CROP, left: 0 }, 7)), [0, 0, 0.5, 1]);
});

test("a part is at least a sixteenth of the largest", () => {
  const { width, height } = resized(SIZES, CROP, 0);
  near([width, height], [0.5 / 16, 1 / 16]);
});

test("a corner is drawn, the one across from it stays, and so does the shape", () => {
  const by = 0.05;
  /** @type {[Spot, Spot, number[]][]} */
  const cases = [
    [{ x: LEFT, y: ABOVE }, { x: by, y: 0.1 }, [0.45, 0.35, 0.65, 0.75]],
    [{ x: RIGHT, y: ABOVE }, { x: -by, y: 0.1 }, [0.4, 0.35, 0.6, 0.75]],
    [{ x: LEFT, y: BELOW }, { x: by, y: -0.1 }, [0.45, 0.25, 0.65, 0.65]],
    [{ x: RIGHT, y: BELOW }, { x: -by, y: -0.1 }, [0.4, 0.25, 0.6, 0.65]],
  ];
  for (const [corner, way, wanted] of cases) near(edges(drawnAt(SIZES, CROP, corner, way)), wanted);
});

test("of two ways that a corner is drawn, the one that makes the part larger decides", () => {
  near(edges(drawnAt(SIZES, CROP, { x: RIGHT, y: BELOW }, { x: 0.05, y: -0.4 })), [0.4, 0.25, 0.7, 0.85]);
  near(edges(drawnAt(SIZES, CROP, { x: RIGHT, y: BELOW }, { x: -0.2, y: 0.1 })), [0.4, 0.25, 0.7, 0.85]);
});

test("no corner leaves the picture or turns the part inside out", () => {
  near(edges(drawnAt(SIZES, CROP, { x: RIGHT, y: BELOW }, { x: 9, y: 9 })), [0.4, 0.25, 0.775, 1]);
  near(edges(drawnAt(SIZES, CROP, { x: RIGHT, y: BELOW }, { x: -9, y: -9 })), [0.4, 0.25, 0.43125, 0.3125]);
});

test("pictures beyond all measure have a part of some size inside", () => {
  /** @type {[number, number][]} */
  const sizes = [
    [1, 10_000],
    [10_000, 1],
    [1, 1],
  ];
  for (const size of sizes) {
    for (const wanted of [0, 0.5, 7]) {
      const crop = resized({ ...SIZES, size }, { left: 0.5, top: 0.5, width: 0.1, height: 0.1 }, wanted);
      const [left, top, right, bottom] = edges(crop);
      assert.ok(left >= 0 && top >= 0 && right <= 1 + 1e-9 && bottom <= 1 + 1e-9, String(edges(crop)));
      assert.ok(crop.width >= 1e-4 && crop.height >= 1e-4 - 1e-12, String(edges(crop)));
    }
  }
});

test("shares are told in steps of the least", () => {
  assert.deepEqual(rounded(SIZES, { left: 1 / 3, top: 2 / 3, width: 0.5, height: 1 }), [0.3333, 0.6667, 0.5, 1]);
});
