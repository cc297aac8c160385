// One view per element, which ends with all that belongs to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd, endView, viewOf } from "../../../resnet_viz/ui/components/browser/life.js";

function makeRoot() {
  const root = { isCleared: false, replaceChildren: () => Object.assign(root, { isCleared: true }) };
  return { root, element: /** @type {HTMLElement} */ (/** @type {unknown} */ (root)) };
}

test("a view is made once for its element, and another one for another", () => {
  const [one, other] = [makeRoot().element, makeRoot().element];
  let made = 0;
  const make = () => {
    made += 1;
    return { n: made };
  };
  assert.equal(viewOf(one, make), viewOf(one, make));
  assert.deepEqual([viewOf(one, make).n, viewOf(other, make).n, made], [1, 2, 2]);
});

test("what belongs to a view ends with it, once, and its element can be filled anew", () => {
  const { root, element } = makeRoot();
  let ended = 0;
  const make = (/** @type {AbortSignal} */ on) => {
    atEnd(on, () => {
      ended += 1;
    });
    return {};
  };
  const first = viewOf(element, make);
  endView(element);
  endView(element);
  assert.deepEqual([ended, root.isCleared], [1, true]);
  assert.notEqual(viewOf(element, make), first);
});
