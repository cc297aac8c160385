// How much larger type is on a projector.

import assert from "node:assert/strict";
import { test } from "node:test";
import { projectorScale } from "../../../resnet_viz/ui/components/page_root/js/type_scale.js";

test("the smallest type is a fortieth of the height of every usual screen, and hardly more", () => {
  for (const [innerWidth, innerHeight] of [
    [1024, 768],
    [1280, 720],
    [1366, 768],
    [1920, 1080],
    [3840, 2160],
  ]) {
    const type = 11 * projectorScale({ innerWidth, innerHeight });
    assert.ok(type >= innerHeight / 40, `${innerWidth}×${innerHeight}`);
    assert.ok(type < innerHeight / 40 + 0.1, `${innerWidth}×${innerHeight}`);
  }
});

test("a narrow window gets less, and none less than the usual size", () => {
  assert.equal(projectorScale({ innerWidth: 840, innerHeight: 1180 }), 1.5);
  assert.equal(projectorScale({ innerWidth: 390, innerHeight: 844 }), 1);
});
