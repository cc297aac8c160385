// Walking by itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Breakpoints } from "../../../resnet_viz/ui/components/walk_view/js/playing/breakpoints.js";
import { Player } from "../../../resnet_viz/ui/components/walk_view/js/playing/player.js";
import { Steps } from "../../../resnet_viz/ui/components/walk_view/js/playing/steps.js";
import { loopingWalks } from "./small_walk.js";

/** @import { TestContext } from "node:test" */

const AT_TWICE = 350;

/** @param {TestContext} context */
function start(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const closing = new AbortController();
  const breakpoints = new Breakpoints();
  const steps = new Steps(breakpoints);
  const player = new Player(steps, breakpoints, closing.signal);
  /** @type {(number | string)[]} */
  const heard = [];
  steps.moved.listen(({ step }) => heard.push(step));
  player.switched.listen(() => heard.push(player.isPlaying ? "plays" : "stops"));
  steps.take(loopingWalks(3));
  steps.enter("build", 0);
  const wait = (/** @type {number} */ ms) => context.mock.timers.tick(ms);
  return { breakpoints, steps, player, heard, wait, closing };
}

test("it plays along the path, twice as fast at first, and stops at its end", (context) => {
  const { player, heard, wait } = start(context);
  player.toggle();
  wait(AT_TWICE - 1);
  assert.deepEqual(heard, ["plays"]);
  wait(1);
  assert.deepEqual(heard, ["plays", 1]);
  for (let n = 0; n < 9; n++) wait(AT_TWICE);
  assert.deepEqual(heard, ["plays", 1, 2, 3, 8, "stops"]);
});

test("at the end it stops again", (context) => {
  const { player, steps, heard, wait } = start(context);
  steps.enter("build", 8);
  player.toggle();
  wait(AT_TWICE);
  assert.deepEqual(heard, ["plays", "stops"]);
});

test("another speed counts from the next step on", (context) => {
  const { player, heard, wait } = start(context);
  player.toggle();
  player.speed = 0.5;
  wait(AT_TWICE);
  wait(1399);
  assert.deepEqual(heard, ["plays", 1]);
  wait(1);
  assert.deepEqual(heard, ["plays", 1, 2]);
});

test("it stops at a marked line", (context) => {
  const { breakpoints, player, heard, wait } = start(context);
  breakpoints.toggle("nets/small.py", 3);
  player.toggle();
  for (let n = 0; n < 5; n++) wait(AT_TWICE);
  assert.deepEqual(heard, ["plays", 1, 2, "stops"]);
});

test("whoever goes on by hand stops it, before the step", (context) => {
  const { player, steps, heard, wait } = start(context);
  player.toggle();
  steps.stepOn();
  wait(AT_TWICE);
  assert.deepEqual(heard, ["plays", "stops", 1]);
});

test("before a walk is there, and once the view is gone, nothing plays", (context) => {
  const { player, steps, heard, wait, closing } = start(context);
  player.toggle();
  closing.abort();
  wait(AT_TWICE);
  steps.take(loopingWalks(3));
  const other = new Player(steps, new Breakpoints(), closing.signal);
  other.toggle();
  assert.equal(other.isPlaying, false);
  assert.deepEqual(heard, ["plays"]);
});
