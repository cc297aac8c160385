// When the next frame of a camera is due. Times are milliseconds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "../../../resnet_viz/ui/components/camera_view/js/pace.js";

const [HEARD, UNHEARD] = [true, false];

test("the first frame is due at once", () => {
  assert.equal(new Pace().isDue(0, HEARD), true);
});

test("after a frame its answer and a quarter of a second are waited for", () => {
  const pace = new Pace();
  pace.noteSent(1000);
  assert.deepEqual([pace.isDue(1249, HEARD), pace.isDue(1250, HEARD), pace.isDue(1250, UNHEARD)], [false, true, false]);
});

test("an answer that is not there three seconds after the page came to rest is not waited for", () => {
  const pace = new Pace();
  pace.noteSent(1000);
  assert.deepEqual([pace.isDue(4000, UNHEARD), pace.isDue(4001, UNHEARD)], [false, true]);
  pace.noteBusy(6000);
  assert.deepEqual([pace.isDue(9000, UNHEARD), pace.isDue(9001, UNHEARD)], [false, true]);
});
