// Asking ahead of Python's word.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Expected } from "../../../resnet_viz/ui/components/browser/expected.js";

/** @param {string[]} addresses */
function expecting(...addresses) {
  const expected = new Expected();
  for (const address of addresses) expected.add(address);
  return expected;
}

test("Python's first word is to be brought, and the same word once only", () => {
  const expected = expecting();
  assert.equal(expected.said, null);
  assert.deepEqual([expected.takes("a"), expected.takes("a"), expected.said], [true, false, "a"]);
});

test("what was asked for last is to be brought, if it is not there", () => {
  assert.equal(expecting("a").takes("a"), true);
});

test("what was asked for before something else is not to be brought", () => {
  const expected = expecting("a", "b");
  assert.deepEqual([expected.takes("a"), expected.takes("b")], [false, true]);
});

test("a word that passes others over ends the waiting for them", () => {
  const expected = expecting("a", "b", "c");
  assert.deepEqual([expected.takes("b"), expected.takes("c")], [false, true]);
});

test("a word that nobody expected has the last say", () => {
  const expected = expecting("a", "b");
  assert.deepEqual([expected.takes("x"), expected.takes("b")], [true, true]);
});

test("there and back again: each of Python's words is waited for", () => {
  const expected = expecting();
  expected.takes("a");
  expected.add("b");
  expected.add("a");
  assert.deepEqual([expected.takes("b"), expected.takes("a")], [false, true]);
});

test("what could not be brought is tried again at the same word", () => {
  const expected = expecting();
  expected.takes("a");
  expected.forget();
  assert.equal(expected.takes("a"), true);
});
