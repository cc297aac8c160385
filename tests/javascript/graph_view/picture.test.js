// What a picture knows: who lies in whom, what is drawn of it, and what comes before and after it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { branchesOf, branchWires } from "../../../resnet_viz/ui/components/graph_view/js/picture/branches.js";
import { neighboursOf, nextAlong } from "../../../resnet_viz/ui/components/graph_view/js/picture/neighbours.js";
import { FACTS, facts, idsOf, smallPicture } from "./pictures.js";

const picture = smallPicture();
/** @param {string} id */
const thing = (id) => {
  const found = picture.things.get(id);
  assert(found);
  return found;
};

test("around an id lies what its facts say, the nearest first; an unknown id lies in nothing", () => {
  assert.deepEqual(picture.chainOf("layer1.0.conv2"), ["layer1.0.conv2", "layer1.0", "layer1", "network"]);
  assert.deepEqual(picture.chainOf("layer9"), ["layer9"]);
  assert.deepEqual(picture.chainOf("constructor"), ["constructor"]);
});

test("a run that nobody knows lies in its stage all the same", () => {
  assert.deepEqual(picture.chainOf("layer2.0..7"), ["layer2.0..7", "layer2", "network"]);
});

test("what is not drawn is shown by the nearest box or frame around it, a block by its run", () => {
  const found = ["conv1", "layer2.1.conv1", "layer2.0", "layer1.0", "network", "layer9", null].map((id) =>
    picture.drawnAround(id),
  );
  assert.deepEqual(idsOf(found), ["conv1", "layer2.0..1", "layer2.0..1", "layer1.0", null, null, null]);
});

test("of an open shortcut its ops are marked, for it has no frame; of nothing else", () => {
  const opened = smallPicture({
    ...FACTS,
    "layer1.0.downsample": facts({ kind: "shortcut", parent: "layer1.0" }),
    "layer1.0.conv2": facts({ parent: "layer1.0.downsample" }),
  });
  assert.deepEqual(idsOf(opened.drawnIn("layer1.0.downsample")), ["layer1.0.conv2"]);
  for (const id of ["layer1.0", "layer1", "network", "conv1", "layer9", null]) assert.deepEqual(opened.drawnIn(id), []);
});

test("of what was opened the frame counts, of what was closed what it went into, of anything else itself", () => {
  const found = ["conv1", "layer1.0", "layer1.0..3", "layer2.1.conv1", "layer9"].map((id) => picture.counterpart(id));
  assert.deepEqual(idsOf(found), ["conv1", "layer1.0", "layer1.0", "layer2.0..1", null]);
});

test("a frame holds its boxes along the net, and lies in the next frame", () => {
  assert.deepEqual(idsOf(picture.boxesIn(thing("layer1"))), ["layer1.0.conv1", "layer1.0.conv2", "layer1.0.add"]);
  assert.deepEqual(idsOf(picture.boxesIn(thing("conv1"))), ["conv1"]);
  assert.equal(picture.frameAround("layer1.0.add")?.id, "layer1.0");
  assert.equal(picture.frameAround("layer1.0")?.id, "layer1");
  assert.equal(picture.frameAround("layer1"), null);
});

test("a spot lies in the smallest frame around it", () => {
  assert.equal(picture.frameAt({ x: 200, y: 5 })?.id, "layer1.0");
  assert.equal(picture.frameAt({ x: 191, y: 5 })?.id, "layer1");
  assert.equal(picture.frameAt({ x: 60, y: 5 }), null);
});

test("a part has as many ops as lie in it, drawn or not, and the input counts", () => {
  const counts = ["network", "layer2.0..1", "layer1.0", "conv1"].map((id) => picture.countOps(id));
  assert.deepEqual(counts, [9, 4, 3, 1]);
});

test("a net alone is called by its words, a net of several by its name, anything else by its id", () => {
  assert.equal(picture.nameOf("network", "The net"), "The net");
  assert.equal(picture.nameOf("conv1", "The net"), "conv1");
  assert.equal(picture.nameOf("toString", "The net"), "toString");
});

test("the wires of a frame are those that cross it", () => {
  assert.deepEqual(idsOf(neighboursOf(picture, thing("layer1"), "ins")), ["conv1"]);
  assert.deepEqual(idsOf(neighboursOf(picture, thing("layer1"), "outs")), ["layer2.1.add", "layer2.0..1"]);
  assert.deepEqual(idsOf(neighboursOf(picture, thing("layer1.0.add"), "ins")), ["conv1", "layer1.0.conv2"]);
});

test("a key goes along the shortcut or the main branch where there is a choice, else along what there is", () => {
  const add = thing("layer1.0.add");
  assert.equal(nextAlong(picture, add, "outs", true)?.id, "layer2.1.add");
  assert.equal(nextAlong(picture, add, "outs", false)?.id, "layer2.0..1");
  assert.equal(nextAlong(picture, add, "ins", true)?.id, "conv1");
  assert.equal(nextAlong(picture, thing("input"), "outs", true)?.id, "conv1");
  assert.equal(nextAlong(picture, thing("input"), "ins", true), null);
});

test("the branches of an open block are its ops, those of a run the box that stands for it", () => {
  const open = branchesOf(picture, "layer1.0");
  assert.deepEqual(idsOf(open?.residual ?? []), ["layer1.0.conv1", "layer1.0.conv2"]);
  assert.equal(open?.add?.id, "layer1.0.add");
  const run = branchesOf(picture, "layer2.0..1");
  assert.deepEqual(idsOf(run?.residual ?? []), ["layer2.0..1"]);
  assert.equal(branchesOf(picture, "layer2.0"), null, "a block that is not drawn");
  assert.equal(branchesOf(picture, "conv1"), null);
  assert.equal(branchesOf(picture, null), null);
});

test("a wire into a branch, and from it into the add, belongs to it; what else leads there passes by", () => {
  const branches = branchesOf(picture, "layer1.0");
  assert(branches);
  const found = branchWires(picture, branches).map(([{ src, dst }, branch]) => `${branch}: ${src} > ${dst}`);
  assert.deepEqual(found, [
    "residual: conv1 > layer1.0.conv1",
    "bypassing: conv1 > layer1.0.add",
    "residual: layer1.0.conv1 > layer1.0.conv2",
    "residual: layer1.0.conv2 > layer1.0.add",
  ]);
});

test("the whole net is the first that is one", () => {
  assert.equal(picture.network, "network");
  assert.equal(Object.keys(FACTS)[0], "network");
});
