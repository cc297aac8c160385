// Small parts that every component uses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Signal } from "../../../resnet_viz/ui/components/browser/events.js";
import { clamp } from "../../../resnet_viz/ui/components/browser/numbers.js";
import { readPacked } from "../../../resnet_viz/ui/components/browser/packed.js";
import { sentence } from "../../../resnet_viz/ui/components/browser/words.js";

test("a sentence is filled from its values, and from nothing that every object has", () => {
  assert.equal(sentence("{n} of {total}", { n: 3, total: 10 }), "3 of 10");
  assert.equal(sentence("{constructor} {gone}", {}), "{constructor} {gone}");
  assert.equal(sentence("{n}", { n: "$& {m}", m: 1 }), "$& {m}");
});

test("a number outside of its bounds is the nearer bound, and the lower one where they cross", () => {
  assert.deepEqual([clamp(-1, 0, 2), clamp(1, 0, 2), clamp(3, 0, 2), clamp(3, 5, 2)], [0, 1, 2, 5]);
});

test("a header and its bytes are read wherever they lie in a buffer", () => {
  const words = new TextEncoder().encode('{"ä":[1]}');
  const packed = new Uint8Array([9, words.length, 0, 0, 0, ...words, 7, 8]);
  for (const data of [packed.subarray(1), packed.slice(1).buffer]) {
    const { header, rest } = readPacked(data);
    assert.deepEqual(header, { ä: [1] });
    assert.deepEqual([...rest], [7, 8]);
  }
});

test("all who listen are told, in the order in which they came", () => {
  /** @type {Signal<[string, number]>} */
  const signal = new Signal();
  /** @type {string[]} */
  const heard = [];
  signal.listen((word, n) => heard.push(`first ${word} ${n}`));
  signal.listen((word) => heard.push(`second ${word}`));
  signal.tell("a", 1);
  assert.deepEqual(heard, ["first a 1", "second a"]);
});
