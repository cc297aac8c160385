// What the colour key tells of the scales of a page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyEnds } from "../../../resnet_viz/ui/components/channel_view/js/page/ends.js";
import { emptyPage } from "../../../resnet_viz/ui/components/channel_view/js/page/unpack.js";

/** @import { ChannelWords } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const words = /** @type {ChannelWords} */ ({
  language: "en",
  keyOne: "one",
  keyEach: "each",
  keyChannel: "of {n}",
  keyReach: "{low} to {high}",
});

/** @param {number[]} low @param {number[]} high */
const page = (low, high, isCentred = false, isClipped = false) => ({
  ...emptyPage(words),
  channels: low.map((_value, at) => 10 + at),
  count: low.length,
  low,
  high,
  isCentred,
  isClipped,
});

test("one scale has its numbers at the ends, and zero in the middle where there are values below", () => {
  const signed = page([-1.516, -1.516], [1.516, 1.516], true);
  const ends = { low: "-1.52", middle: "0", high: "1.52", said: "one" };
  assert.deepEqual(keyEnds(signed, null), ends);
  assert.deepEqual(keyEnds(signed, 1), ends);
  assert.deepEqual(keyEnds(page([0, 0], [3, 3]), null), { low: "0", middle: "", high: "3", said: "one" });
});

test("own scales have the reach of their ends, and the numbers of the tile that is pointed at", () => {
  const own = page([-1, -0.25], [1, 0.25], true);
  assert.deepEqual(keyEnds(own, null), { low: "-1 to -0.25", middle: "0", high: "0.25 to 1", said: "each" });
  assert.deepEqual(keyEnds(own, 1), { low: "-0.25", middle: "0", high: "0.25", said: "of 11" });
});

test("a map without a scale is left out, and where none has one there is no key", () => {
  assert.equal(keyEnds(page([0, 0, 0], [2, 0, 4]), null)?.high, "2 to 4");
  assert.equal(keyEnds(page([0, 0, 0], [2, 0, 4]), 1)?.said, "each");
  assert.equal(keyEnds(page([0, 5], [0, 5]), null), null);
  assert.equal(keyEnds(page([], []), null), null);
});

test("what is left out beyond the ends is told", () => {
  assert.deepEqual(keyEnds(page([0], [2], false, true), null), { low: "≤ 0", middle: "", high: "≥ 2", said: "one" });
});
