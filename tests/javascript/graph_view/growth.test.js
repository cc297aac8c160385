// How far the parts of a net have come at a step of its walk.

import assert from "node:assert/strict";
import { test } from "node:test";
import { growthState } from "../../../resnet_viz/ui/components/graph_view/js/picture/growth.js";

/** @type {Record<string, [number, number]>} */
const at = { stem: [0, 4], "layer1.0": [5, 9], "layer1.1": [10, 14], "layer1.2": [15, 19], "layer1.3": [20, 24] };
/**
 * @param {string} id
 * @param {number} step
 */
const state = (id, step) => growthState({ kind: "build", at, step, ids: [] }, id);

test("a part is not there before its first step, half there until its last, and there from then on", () => {
  assert.deepEqual(
    [4, 5, 8, 9, 30].map((step) => state("layer1.0", step).share),
    [0, 0.5, 0.5, 1, 1],
  );
});

test("what no step makes is always there", () => {
  assert.deepEqual(state("input", 0), { share: 1 });
  assert.deepEqual(state("toString", 0), { share: 1 });
});

test("of a run as many blocks are there as are done", () => {
  const shares = [4, 5, 9, 14, 23, 24].map((step) => state("layer1.0..3", step));
  assert.deepEqual(
    shares.map(({ run }) => run?.done),
    [0, 0, 1, 2, 3, 4],
  );
  assert.deepEqual(
    shares.map(({ share }) => share),
    [0, 0.125, 0.25, 0.5, 0.75, 1],
  );
  assert.equal(state("layer1.1..3", 5).share, 0);
});
