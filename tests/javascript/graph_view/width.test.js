// How wide the rows of a drawing are asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isInRows, isOutgrown, Width, widthFor } from "../../../resnet_viz/ui/components/graph_view/js/asking/width.js";

/** @import { Camera } from "../../../resnet_viz/ui/components/graph_view/js/camera/camera.js" */

test("a width is rounded down to a step and lies within bounds", () => {
  assert.deepEqual([0, 358, 400, 700, 1016, 9000].map(widthFor), [320, 320, 360, 680, 1000, 2400]);
});

test("a scroll bar asks for no other drawing, a sidebar does", () => {
  for (let room = 330; room < 1500; room += 7) {
    for (const by of [-15, 15]) assert.equal(isOutgrown(room + by, widthFor(room)), false, `${room} ${by}`);
    assert.equal(isOutgrown(room + 300, widthFor(room)), true);
    assert.equal(isOutgrown(room - 300, widthFor(room)), widthFor(room) > 320);
  }
  assert.equal(isOutgrown(200, 320), false); // It cannot be narrower.
});

test("what an address names no other form for is in rows", () => {
  const addresses = ["net=resnet18", "net=resnet18&form=rows", "net=resnet18&form=tall", "net=resnet18&form=strip"];
  assert.deepEqual([...addresses, "nets=resnet18~resnet50", ""].map(isInRows), [true, true, false, false, true, false]);
});

test("the width asked for stays as long as it does, and is larger type's number of points", () => {
  const pane = { clientWidth: 0 };
  const width = new Width(/** @type {Camera} */ (/** @type {unknown} */ ({ pane, natural: 2 })));
  assert.equal(width.take(), 720);
  pane.clientWidth = 1450;
  assert.equal(width.isOther, false);
  pane.clientWidth = 1000;
  assert.equal(width.isOther, true);
  assert.equal(width.take(), 480);
  pane.clientWidth = 990;
  assert.equal(width.take(), 480);
});
