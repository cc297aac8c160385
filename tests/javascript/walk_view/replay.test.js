// The variables at a step; the same walks as in Python are compared by tests/ui/components/test_walk_replay.py.

import assert from "node:assert/strict";
import { test } from "node:test";
import { walksOf } from "./small_walk.js";

/** @import { Call } from "./small_walk.js" */

const statements = Array.from({ length: 200 }, (_, n) => ({ line: 2, changed: { n: String(n) } }));

/** @param {Map<string, unknown[]>} values */
function texts(values) {
  return Object.fromEntries([...values].map(([name, [text]]) => [name, text]));
}

test("a step has what the steps before it in the same call changed", () => {
  /** @type {Call} */
  const inner = { function: "inner", line: 5, arguments: { y: "7" }, statements: [{ line: 6, changed: { y: "8" } }] };
  /** @type {Call} */
  const call = {
    function: "outer",
    line: 1,
    arguments: { x: "1" },
    statements: [
      { line: 2, changed: { x: "2" }, calls: [inner] },
      { line: 3, changed: { x: null, z: "3" } },
      { line: 4, changed: { x: "4" } },
    ],
  };
  const { replay } = walksOf({ build: { call } }).build;
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((at) => [texts(replay.at(at)), texts(replay.after(at))]),
    [
      [{ x: "1" }, { x: "1" }],
      [{ x: "1" }, { x: "2" }],
      [{ y: "7" }, { y: "7" }],
      [{ y: "7" }, { y: "8" }],
      [{ x: "2" }, { z: "3" }],
      [{ z: "3" }, { z: "3", x: "4" }],
    ],
  );
});

test("what is kept of a long call is not changed by what comes after it, nor by whoever got it", () => {
  const { replay } = walksOf({ build: { call: { function: "long", line: 1, statements } } }).build;
  for (const at of [200, 128, 64, 199, 65, 63, 1]) {
    const values = replay.after(at);
    assert.deepEqual(texts(values), { n: String(at - 1) });
    values.clear();
  }
});

test("a name that is gone is a change", () => {
  const call = { function: "f", line: 1, arguments: { x: "1" }, statements: [{ line: 2, changed: { x: null } }] };
  assert.deepEqual(walksOf({ build: { call } }).build.replay.changesOf(1), [["x", null]]);
});
