// How wide the rows of a drawing are asked for.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  foldedScale,
  isFolded,
  isOutgrown,
  Width,
  widthFor,
} from "../../../resnet_viz/ui/components/graph_view/js/asking/width.js";
import { isInRows } from "../../../resnet_viz/ui/components/graph_view/js/picture/shown.js";

/** @import { Camera } from "../../../resnet_viz/ui/components/graph_view/js/camera/camera.js" */

const NET = "net=resnet18";

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

test("a folded net is drawn larger where a pane has room for it, and in no other case", () => {
  assert.equal(foldedScale({ width: 690, height: 900 }), 1);
  assert.equal(foldedScale({ width: 1900, height: 470 }), 1);
  assert.equal(foldedScale({ width: 1900, height: 900 }), 1.5);
  assert.equal(isFolded("net=resnet18&ops=layer1.0"), true);
  assert.equal(isFolded("net=resnet18&level=block"), false);
  assert.equal(isFolded("net=resnet18&level=block", { do: "level", what: "folded" }), true);
  assert.equal(isFolded("net=resnet18", { do: "level", what: "op" }), false);
});

test("the width asked for stays as long as it does, and is larger type's number of points", () => {
  const pane = { clientWidth: 0 };
  const width = widthOf({ pane, natural: 2, room: { height: 600 } });
  assert.equal(width.take(NET), 720);
  pane.clientWidth = 1450;
  assert.equal(width.isOther(NET), false);
  pane.clientWidth = 1000;
  assert.equal(width.isOther(NET), true);
  assert.equal(width.take(NET), 480);
  pane.clientWidth = 990;
  assert.equal(width.take(NET), 480);
});

test("a folded net and an open one have a width each", () => {
  const width = widthOf({ pane: { clientWidth: 1210 }, natural: 1, room: { height: 790 } });
  assert.equal(width.take(NET), 760);
  assert.equal(width.take(`${NET}&level=block`), 1160);
  assert.equal(width.take(NET, { do: "level", what: "block" }), 1160);
  assert.equal(width.isOther(NET), false);
});

/** @param {{ pane: { clientWidth: number }, natural: number, room: { height: number } }} camera */
function widthOf(camera) {
  return new Width(/** @type {Camera} */ (/** @type {unknown} */ (camera)));
}
