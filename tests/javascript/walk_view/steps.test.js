// Going from step to step, and who hears of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Breakpoints } from "../../../resnet_viz/ui/components/walk_view/js/playing/breakpoints.js";
import { Steps } from "../../../resnet_viz/ui/components/walk_view/js/playing/steps.js";
import { loopingWalks, walksOf } from "./small_walk.js";

/** @import { NetWalks } from "../../../resnet_viz/ui/components/walk_view/js/record/net.js" */

// Steps 0 and 1, three passes of 2 and 3, and 8.
const [PASSES, LAST] = [3, 8];

/**
 * @param {NetWalks} [walks]
 */
function start(walks = loopingWalks(PASSES)) {
  const breakpoints = new Breakpoints();
  const steps = new Steps(breakpoints);
  /** @type {string[]} */
  const heard = [];
  steps.byHand.listen(() => heard.push("by hand"));
  steps.entered.listen(({ walk, step }, isChosen) => heard.push(`${walk.kind} ${step}${isChosen ? " chosen" : ""}`));
  steps.refolded.listen(({ step, path }) => heard.push(`refolded ${step} of ${path.length}`));
  steps.moved.listen(({ step }) => heard.push(`at ${step}`));
  steps.looked.listen(({ seen }) => heard.push(`looked at ${seen}`));
  steps.foundNoStop.listen(() => heard.push("no stop"));
  steps.take(walks);
  steps.enter("build", 0);
  heard.length = 0;
  return { steps, breakpoints, heard, folds: walks.build.folds };
}

test("equal passes are walked once", () => {
  const { steps, heard } = start();
  for (let n = 0; n < 6; n++) steps.stepOn();
  assert.deepEqual(heard, ["by hand", "at 1", "by hand", "at 2", "by hand", "at 3", "by hand", `at ${LAST}`]);
  steps.stepBack();
  assert.equal(steps.position?.step, 3);
});

test("a step that is passed over is gone to all the same, and its passes open", () => {
  const { steps, heard } = start();
  steps.go(5);
  assert.deepEqual(heard, ["by hand", "refolded 5 of 9"]);
  steps.stepOn();
  assert.equal(steps.position?.step, 6);
});

test("a word from elsewhere opens what it lies in, and a step beyond the walk is its last", () => {
  const { steps, heard } = start();
  steps.enter("build", 7);
  steps.enter("build", 1000);
  steps.enter("build", -1);
  assert.deepEqual(heard, ["build 7", `build ${LAST}`, "build 0"]);
  assert.equal(steps.position?.path.length, 9);
});

test("whoever stands in a pass that is folded away stands at the same line of the first", () => {
  const { steps, heard, folds } = start();
  steps.toggleFold(folds[0]);
  steps.go(7);
  steps.toggleFold(folds[0]);
  assert.deepEqual(heard, ["refolded 0 of 9", "by hand", "at 7", "refolded 3 of 5"]);
});

test("to the same step nobody goes", () => {
  const { steps, heard } = start();
  steps.go(0);
  assert.deepEqual(heard, ["by hand"]);
});

test("a frame that is looked at is left by the next step, also by the same one", () => {
  const inner = { function: "inner", line: 3, statements: [{ line: 4 }] };
  const call = { function: "outer", line: 1, statements: [{ line: 2, calls: [inner] }] };
  const { steps, heard } = start(walksOf({ build: { call } }));
  steps.go(3);
  steps.look(1);
  assert.equal(steps.position?.seen, 1);
  steps.go(3);
  assert.equal(steps.position?.seen, 3);
  steps.look(3);
  assert.deepEqual(heard.slice(2), ["looked at 1", "by hand", "at 3", "looked at 3"]);
});

test("over and out leave what is called, and end where nothing follows", () => {
  const inner = { function: "inner", line: 3, statements: [{ line: 4 }] };
  const call = { function: "outer", line: 1, statements: [{ line: 2, calls: [inner] }, { line: 5 }] };
  const { steps } = start(walksOf({ build: { call } }));
  steps.go(1);
  steps.stepOver();
  assert.equal(steps.position?.step, 4);
  steps.go(3);
  steps.stepOut();
  assert.equal(steps.position?.step, 4);
  steps.stepOut();
  steps.stepOver();
  assert.equal(steps.position?.step, 4);
});

test("each walk is left where it was, and its folds as they were", () => {
  const { steps, heard, folds } = start();
  steps.go(3);
  steps.chooseKind("build");
  steps.chooseKind("forward");
  steps.stepOn();
  steps.jump("build", 8);
  steps.toggleFold(folds[0]);
  steps.chooseKind("forward");
  assert.equal(steps.position?.path.length, 5);
  assert.deepEqual(heard, [
    ...["by hand", "at 3", "by hand", "forward 0 chosen", "by hand", "at 1"],
    ...["by hand", "build 8 chosen", "refolded 8 of 9", "by hand", "forward 1 chosen"],
  ]);
});

test("to the next marked line that is walked, or nowhere", () => {
  const { steps, breakpoints, heard } = start();
  breakpoints.toggle("nets/small.py", 4);
  steps.runOn();
  steps.runOn();
  breakpoints.toggle("nets/small.py", 4);
  assert.equal(breakpoints.isEmpty, true);
  assert.deepEqual(heard, ["by hand", "at 3", "no stop"]);
});

test("the slider's places are those of the path", () => {
  const { steps } = start();
  steps.slideTo(4);
  assert.equal(steps.position?.step, LAST);
  steps.slideTo(99);
  assert.equal(steps.position?.step, LAST);
  steps.first();
  assert.equal(steps.position?.step, 0);
  steps.last();
  assert.equal(steps.position?.step, LAST);
});

test("the next stage is where it is walked next", () => {
  const call = { function: "make", line: 1, statements: [{ line: 2 }, { line: 3 }, { line: 3 }, { line: 4 }] };
  const build = {
    call,
    marks: /** @type {[number, string, null][]} */ ([
      [0, "stem", null],
      [3, "head", null],
    ]),
  };
  const { steps } = start(walksOf({ build: { ...build, folds: [[2, 1, 2]] } }));
  steps.nextStage();
  assert.equal(steps.position?.step, 4);
});

test("before a walk is there nothing happens", () => {
  const steps = new Steps(new Breakpoints());
  for (const act of /** @type {const} */ ([
    "stepOn",
    "stepBack",
    "stepOver",
    "stepOut",
    "nextStage",
    "runOn",
    "last",
  ])) {
    steps[act]();
  }
  steps.go(3);
  steps.slideTo(3);
  steps.chooseKind("forward");
  steps.enter("build", 0);
  assert.equal(steps.position, null);
});
