// Ids: runs, blocks, wires, nets, levels and searches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { wireEnds } from "../../../resnet_viz/ui/components/graph_view/js/picture/drawing.js";
import { blocksOf, isInRun, isWithin, readRun } from "../../../resnet_viz/ui/components/graph_view/js/picture/kin.js";
import { canOpen, levelAbove, levelBelow } from "../../../resnet_viz/ui/components/graph_view/js/picture/levels.js";
import { alongNet, netAfterNet, netOf } from "../../../resnet_viz/ui/components/graph_view/js/picture/order.js";
import { askedWords, matchesOf } from "../../../resnet_viz/ui/components/graph_view/js/picture/search.js";
import { FACTS, facts } from "./pictures.js";

test("a run is read as its stage and the numbers of its first and last block", () => {
  assert.deepEqual(readRun("B/layer3.1..35"), { parent: "B/layer3", first: 1, last: 35 });
  for (const id of ["layer3.1", "layer3.1..", "layer3..35", "layer3.a..b", ""]) assert.equal(readRun(id), null, id);
});

test("a run holds the blocks between its ends, and nothing that only looks like one", () => {
  const run = readRun("layer3.9..11");
  assert(run);
  assert.deepEqual(blocksOf(run), ["layer3.9", "layer3.10", "layer3.11"]);
  const inside = ["layer3.8", "layer3.9", "layer3.11", "layer3.12", "layer3.10.conv1", "layer4.10", "layer3.1e1"];
  assert.deepEqual(
    inside.filter((id) => isInRun(id, run)),
    ["layer3.9", "layer3.11"],
  );
});

test("what lies in a block of a run lies in the run", () => {
  assert.equal(isWithin(FACTS, "layer2.1.conv1", "layer2.0..1"), true);
  assert.equal(isWithin(FACTS, "layer2.1.conv1", "layer2.0..0"), false);
  assert.equal(isWithin(FACTS, "layer1.0.conv1", "layer1"), true);
  assert.equal(isWithin(FACTS, "layer1", "layer1.0"), false);
});

test("a wire names its ends, also where an id has a > of its own", () => {
  const drawn = new Set(["a", "b>c", "a>b", "c"]);
  const ends = (/** @type {string} */ text) => wireEnds(text, (id) => drawn.has(id));
  assert.deepEqual(ends("a>c"), { src: "a", dst: "c" });
  assert.deepEqual(ends("a>b>c"), { src: "a", dst: "b>c" });
  assert.deepEqual(ends("a>b>a"), { src: "a>b", dst: "a" });
  assert.equal(ends("a>d"), null);
  assert.equal(ends("a"), null);
});

/**
 * @param {string} id
 * @param {number} x
 * @param {number} y
 */
const placed = (id, x, y) => ({ id, box: { x, y, width: 2, height: 2 } });

test("boxes stand along the net, and those beside each other across it", () => {
  const boxes = [placed("c", 20, 0), placed("b", 10.5, 9), placed("a", 10, 3)];
  const order = (/** @type {boolean} */ isStrip) => [...boxes].sort(alongNet(isStrip)).map(({ id }) => id);
  assert.deepEqual(order(true), ["a", "b", "c"]);
  assert.deepEqual(order(false), ["c", "a", "b"]);
});

test("one net stands after the other, wherever its boxes are", () => {
  const boxes = [placed("B/a", 0, 50), placed("A/b", 90, 0), placed("B/c", 40, 50), placed("A/a", 5, 0)];
  assert.deepEqual(
    boxes.sort(netAfterNet(true)).map(({ id }) => id),
    ["A/a", "A/b", "B/a", "B/c"],
  );
  assert.deepEqual(["A/layer1", "layer1", "E/layer1", "a/layer1"].map(netOf), ["A/", "", "", ""]);
});

test("a part opens by one level, a block folded by itself to its ops; the whole net does not", () => {
  const levels = ["layer2", "layer2.0..1", "layer2.0", "layer1", "conv1", "network", "layer9"].map((id) =>
    levelBelow(FACTS, id),
  );
  assert.deepEqual(levels, ["block", "block", "op", null, null, null, null]);
});

test("a stage whose blocks differ opens from its lowest level and closes to it", () => {
  const mixed = { ...FACTS, layer2: { ...FACTS.layer2, level: "mixed" } };
  assert.equal(levelBelow(mixed, "layer2"), "folded");
  assert.deepEqual(levelAbove(mixed, "layer2"), { id: "layer2", level: "folded" });
});

test("closing closes the nearest part that is open at all", () => {
  assert.deepEqual(levelAbove(FACTS, "layer1.0.conv1"), { id: "layer1.0", level: "block" });
  assert.deepEqual(levelAbove(FACTS, "layer1"), { id: "layer1", level: "block" });
  assert.deepEqual(levelAbove(FACTS, "layer2.0..1"), { id: "network", level: "folded" });
  const closed = { ...FACTS, network: { ...FACTS.network, level: "folded" } };
  assert.equal(levelAbove(closed, "layer2.0..1"), null);
});

test("what has levels can be opened until it shows its ops", () => {
  const found = ["layer2", "layer1", "layer1.0", "layer2.0..1", "conv1", "layer9"].map((id) => canOpen(FACTS, id));
  assert.deepEqual(found, [true, false, false, true, false, false]);
});

test("a search takes words in any order and case, and an x or a star in a size", () => {
  assert.deepEqual(askedWords("  Conv1 4X8*8 x1 "), ["conv1", "4×8×8", "x1"]);
  assert.deepEqual(askedWords(" "), []);
  assert.deepEqual(matchesOf(FACTS, askedWords("4x8x8 CONV1")), ["conv1", "layer1.0.conv1"]);
  assert.deepEqual(matchesOf(FACTS, askedWords("layer9")), []);
  assert.deepEqual(matchesOf(FACTS, []), []);
});

test("of all matches the node of that very name comes first, and the net is none", () => {
  const known = { network: facts({ kind: "network", find: "add" }), "b.add": facts({ find: "b.add" }) };
  const all = { ...known, "a.add": facts({ find: "a.add" }), add: facts({ find: "add" }) };
  assert.deepEqual(matchesOf(all, ["add"]), ["add", "b.add", "a.add"]);
});
