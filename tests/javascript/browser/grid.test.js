// Going over things in rows and columns by keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowOf, hasModifier, Roving } from "../../../resnet_viz/ui/components/browser/grid.js";

/** @param {object} parts */
const key = (parts) => /** @type {KeyboardEvent} */ (parts);

test("arrows lead to the row and column that they point at, and nothing else does", () => {
  const ways = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "a", "constructor"].map((name) =>
    arrowOf(key({ key: name })),
  );
  assert.deepEqual(ways, [
    { down: 0, across: -1 },
    { down: 0, across: 1 },
    { down: -1, across: 0 },
    { down: 1, across: 0 },
    null,
    null,
  ]);
});

test("a key with Ctrl, Meta or Alt is not the page's; with Shift it is", () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false };
  const held = ["shiftKey", "ctrlKey", "metaKey", "altKey"].map((name) => hasModifier(key({ ...plain, [name]: true })));
  assert.deepEqual(held, [false, true, true, true]);
});

test("one thing at a time is in the tab order, and none may be", () => {
  const [a, b] = [{ tabIndex: -1 }, { tabIndex: -1 }];
  /** @type {Roving<{ tabIndex: number }>} */
  const roving = new Roving((thing) => /** @type {HTMLElement} */ (thing));
  const indices = [null, a, b, b, null].map((thing) => {
    roving.moveTo(thing);
    return [a.tabIndex, b.tabIndex, roving.current === thing];
  });
  assert.deepEqual(indices, [
    [-1, -1, true],
    [0, -1, true],
    [-1, 0, true],
    [-1, 0, true],
    [-1, -1, true],
  ]);
});
