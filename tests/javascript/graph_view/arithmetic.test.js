// Boxes, curves, numbers, scales and shades.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  heldScale,
  isInside,
  scaleToFit,
  shiftIntoSight,
} from "../../../resnet_viz/ui/components/graph_view/js/camera/scale.js";
import { netTitleShift, titleShift } from "../../../resnet_viz/ui/components/graph_view/js/camera/titles.js";
import { shareOf } from "../../../resnet_viz/ui/components/graph_view/js/marks/colours.js";
import {
  boxAround,
  distanceTo,
  isNear,
  middleOf,
  overlaps,
} from "../../../resnet_viz/ui/components/graph_view/js/picture/boxes.js";
import { moveIn, numbersIn } from "../../../resnet_viz/ui/components/graph_view/js/picture/numbers.js";
import { rampColour } from "../../../resnet_viz/ui/components/graph_view/js/picture/ramp.js";

test("numbers are read from a path as Graphviz writes them", () => {
  assert.deepEqual(numbersIn("M1,-2.5C3e-05,4 .5,1E2-7,8"), [1, -2.5, 3e-5, 4, 5, 100, -7, 8]);
  assert.deepEqual(numbersIn(null), []);
  assert.deepEqual(numbersIn("none"), []);
});

test("a transform moves by its translation, whatever else it does", () => {
  assert.deepEqual(moveIn("scale(1 1) rotate(0) translate(4 215.6)"), { x: 4, y: 215.6 });
  assert.deepEqual(moveIn("translate(-3)"), { x: -3, y: 0 });
  for (const none of ["scale(2 2)", "", null, undefined]) assert.deepEqual(moveIn(none), { x: 0, y: 0 });
});

test("a box goes around all points and has a middle", () => {
  const box = boxAround([3, 4, -1, 10, 5, 6]);
  assert.deepEqual(box, { x: -1, y: 4, width: 6, height: 6 });
  assert.deepEqual(middleOf(box), { x: 2, y: 7 });
});

test("a point on the edge is in a box, and a reach makes it larger all around", () => {
  const box = { x: 10, y: 20, width: 5, height: 5 };
  /** @type {[number, number][]} */
  const points = [
    [10, 20],
    [15, 25],
    [9.9, 20],
    [10, 25.1],
    [7, 28],
  ];
  assert.deepEqual(
    points.map(([x, y]) => isNear(box, { x, y })),
    [true, true, false, false, false],
  );
  assert.deepEqual(
    points.map(([x, y]) => isNear(box, { x, y }, 3)),
    [true, true, true, true, true],
  );
});

test("boxes that only touch do not overlap", () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const others = [
    { x: 10, y: 0 },
    { x: 9, y: 9 },
    { x: 0, y: -10 },
    { x: -9, y: -9 },
    { x: 20, y: 20 },
  ];
  const found = others.map((at) => overlaps(box, { ...at, width: 10, height: 10 }));
  assert.deepEqual(found, [false, true, false, true, false]);
});

test("how far a spot is from a straight wire is what Pythagoras says, also beyond its end", () => {
  const line = [0, 0, 100, 0, 200, 0, 300, 0];
  // Looked at every four pixels at least.
  const beside = distanceTo(line, { x: 150, y: 7 });
  assert.ok(beside >= 7 && beside <= Math.hypot(7, 2));
  assert.ok(Math.abs(distanceTo(line, { x: 303, y: 4 }) - 5) < 1e-9);
  assert.equal(distanceTo([0, 0], { x: 0, y: 0 }), Infinity);
});

test("a drawing is no smaller than a tenth and no larger than eight times, and fits with type that is not too large", () => {
  assert.deepEqual([0.01, 1, 50].map(heldScale), [0.1, 1, 8]);
  const room = { width: 1000, height: 500 };
  assert.equal(scaleToFit({ width: 2000, height: 500 }, room, 1), 0.5);
  assert.equal(scaleToFit({ width: 500, height: 1000 }, room, 1), 0.5);
  assert.equal(scaleToFit({ width: 10, height: 10 }, room, 1), 1.5);
  assert.equal(scaleToFit({ width: 10, height: 10 }, room, 2), 3);
  assert.equal(scaleToFit({ width: 1e6, height: 10 }, room, 1), 0.1);
});

test("what is in sight stays, what is beyond an edge comes in by as much as it takes", () => {
  const [length, room] = [100, 400];
  assert.equal(shiftIntoSight(50, length, room), 0);
  assert.equal(shiftIntoSight(0, length, room), -16);
  assert.equal(shiftIntoSight(-30, length, room), -46);
  assert.equal(shiftIntoSight(300, length, room), 16);
  assert.equal(shiftIntoSight(350, length, room), 66);
  assert.equal(shiftIntoSight(350, length, room, true), 200);
});

test("what is longer than the pane is shown from its beginning, unless its beginning is in sight and will do", () => {
  assert.equal(shiftIntoSight(-10, 500, 400), -26);
  assert.equal(shiftIntoSight(390, 500, 400), 374);
  assert.equal(shiftIntoSight(200, 500, 400), 0);
  assert.equal(shiftIntoSight(200, 500, 400, true), 184);
});

test("a pixel beyond the edge is still in sight", () => {
  const room = { width: 100, height: 50 };
  assert.equal(isInside({ x: -1, y: 0, width: 102, height: 50 }, room), true);
  assert.equal(isInside({ x: 0, y: 0, width: 100, height: 51.5 }, room), false);
  assert.equal(isInside({ x: -1.5, y: 0, width: 10, height: 10 }, room), false);
});

test("the title of a long frame is in the middle of what is seen, and stays within the frame", () => {
  const box = { x: 1000, y: 0, width: 2000, height: 50 };
  assert.equal(titleShift(box, 0, 5000), 0);
  assert.equal(titleShift(box, 1500, 2500), 0);
  assert.equal(titleShift(box, 0, 1500), -750);
  assert.equal(titleShift(box, 0, 1010), 90 - 1000);
  assert.equal(titleShift(box, 2900, 4000), 2950 - 90 - 2000 + 50);
});

test("a net's title stands at the left of what is seen, as long as there is room for it", () => {
  const box = { x: 100, y: 0, width: 1000, height: 50 };
  assert.deepEqual(
    [0, 100, 300, 2000].map((left) => netTitleShift(box, left)),
    [0, 0, 200, 720],
  );
  assert.equal(netTitleShift({ ...box, width: 200 }, 150), 0);
});

test("a shade lies between the colours of the ramp, and within it", () => {
  const ramp = ["#000000", "#64c8ff", "#ffffff"];
  const colours = [-1, 0, 0.25, 0.5, 1, 2].map((share) => rampColour(ramp, share));
  assert.deepEqual(colours, [
    "rgb(0, 0, 0)",
    "rgb(0, 0, 0)",
    "rgb(50, 100, 128)",
    "rgb(100, 200, 255)",
    "rgb(255, 255, 255)",
    "rgb(255, 255, 255)",
  ]);
});

test("a measured amount lies between the least and the most by its factor, any other by its share", () => {
  assert.deepEqual(
    [1, 10, 100].map((amount) => shareOf(amount, 1, 100)),
    [0, 0.5, 1],
  );
  assert.deepEqual(
    [0, 1, 4].map((amount) => shareOf(amount, 0, 4)),
    [0, 0.25, 1],
  );
  assert.equal(shareOf(3, 3, 3), 1);
  assert.equal(shareOf(0, 0, 0), 0);
});
