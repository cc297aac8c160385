// A small net as a picture, without a browser: two stages in a strip, the second one with a run of blocks.

import { Picture } from "../../../resnet_viz/ui/components/graph_view/js/picture/picture.js";

/** @import { BranchIds, NodeFacts } from "../../../resnet_viz/ui/components/payloads.d.ts" */
/** @import { Thing, Wire } from "../../../resnet_viz/ui/components/graph_view/js/picture/drawing.js" */

const LEVELS = ["folded", "block", "op"];

/**
 * @param {Partial<NodeFacts>} given
 * @returns {NodeFacts}
 */
export function facts(given) {
  return { kind: "op", about: "", shape: "", costs: [], amounts: [], find: "", parent: null, ...given };
}

/**
 * @param {string} parent
 * @param {string[]} residual
 * @param {string} level
 */
function block(parent, residual, level) {
  /** @type {BranchIds} */
  const branches = { residual, bypass: [], add: `${residual[0].split(".").slice(0, 2).join(".")}.add` };
  return facts({ kind: "block", parent, level, levels: ["block", "op"], branches });
}

export const FACTS = {
  network: facts({ kind: "network", level: "mixed", levels: LEVELS }),
  input: facts({ kind: "input", parent: "network", find: "input 3×8×8" }),
  conv1: facts({ parent: "network", find: "conv1 conv2d 3×8×8 → 4×8×8" }),
  layer1: facts({ kind: "stage", parent: "network", level: "op", levels: LEVELS, find: "layer1 conv2_x" }),
  "layer1.0": block("layer1", ["layer1.0.conv1", "layer1.0.conv2"], "op"),
  "layer1.0.conv1": facts({ parent: "layer1.0", find: "layer1.0.conv1 4×8×8" }),
  "layer1.0.conv2": facts({ parent: "layer1.0", find: "layer1.0.conv2 4×8×8" }),
  "layer1.0.add": facts({ parent: "layer1.0", find: "layer1.0.add" }),
  layer2: facts({ kind: "stage", parent: "network", level: "folded", levels: LEVELS, find: "layer2 conv3_x" }),
  "layer2.0": block("layer2", ["layer2.0.conv1"], "folded"),
  "layer2.0.conv1": facts({ parent: "layer2.0", find: "layer2.0.conv1 8×4×4" }),
  "layer2.0.add": facts({ parent: "layer2.0", find: "layer2.0.add" }),
  "layer2.1": block("layer2", ["layer2.1.conv1"], "folded"),
  "layer2.1.conv1": facts({ parent: "layer2.1", find: "layer2.1.conv1 8×4×4" }),
  "layer2.1.add": facts({ parent: "layer2.1", find: "layer2.1.add" }),
  "layer2.0..1": facts({
    kind: "run",
    parent: "layer2",
    level: "folded",
    levels: LEVELS,
    branches: { residual: ["layer2.1.conv1"], bypass: [], add: "layer2.1.add" },
    blocks: 2,
  }),
};

/** From left to right; frames last. */
const BOXES = ["input", "conv1", "layer1.0.conv1", "layer1.0.conv2", "layer1.0.add", "layer2.0..1", "layer2.1.add"];
/** @type {[string, string, boolean][]} */
const WIRES = [
  ["input", "conv1", false],
  ["conv1", "layer1.0.conv1", false],
  ["conv1", "layer1.0.add", true],
  ["layer1.0.conv1", "layer1.0.conv2", false],
  ["layer1.0.conv2", "layer1.0.add", false],
  ["layer1.0.add", "layer2.1.add", true],
  ["layer1.0.add", "layer2.0..1", false],
  ["layer2.0..1", "layer2.1.add", false],
];

/** @type {(given: object) => SVGElement} */
const svgElement = (given) => /** @type {SVGElement} */ (/** @type {unknown} */ (given));

/**
 * @param {string} id
 * @param {number} x
 * @param {number} width
 * @returns {Thing}
 */
function thing(id, x, width, isFrame = false) {
  const box = { x, y: isFrame ? 0 : 10, width, height: isFrame ? 40 : 20 };
  return { id, isFrame, element: svgElement({ id }), shape: svgElement({}), box, ins: [], outs: [], place: -1, row: 0 };
}

/** @param {Record<string, NodeFacts>} known */
export function smallPicture(known = FACTS) {
  const boxes = BOXES.map((id, place) => ({ ...thing(id, 100 * place, 50), place }));
  const frames = [thing("layer1", 190, 280, true), thing("layer1.0", 195, 270, true), thing("layer2", 490, 180, true)];
  /** @type {Map<string, Thing>} */
  const things = new Map([...boxes, ...frames].map((made) => [made.id, made]));
  const wires = WIRES.map(([src, dst, isShortcut]) => {
    /** @type {Wire} */
    const wire = {
      src,
      dst,
      isShortcut,
      element: svgElement({}),
      shape: svgElement({}),
      points: [],
      box: boxes[0].box,
    };
    things.get(src)?.outs.push(wire);
    things.get(dst)?.ins.push(wire);
    return wire;
  });
  const payload = { address: "net=small", net: "small", title: "", svg: "", facts: known, levels: {} };
  return new Picture(payload, /** @type {SVGSVGElement} */ (svgElement({})), {
    size: { width: 700, height: 40 },
    isStrip: true,
    pieces: [],
    move: { x: 0, y: 0 },
    things,
    wires,
    titles: new Map(),
    order: boxes,
  });
}

/**
 * The ids of things.
 *
 * @param {Iterable<{ id: string } | null>} things
 */
export function idsOf(things) {
  return [...things].map((made) => made?.id ?? null);
}
