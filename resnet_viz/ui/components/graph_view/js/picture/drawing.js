// What stands where in a drawing: its boxes, frames and wires. Places are read from the attributes, not asked of the
// browser: that would lay out the page again and again.

import { boxAround, middleOf } from "./boxes.js";
import { moveIn, numbersIn } from "./numbers.js";
import { netAfterNet, numberRows } from "./order.js";

/** @import { Box, Point, Size } from "./boxes.js" */

/**
 * A box, or a frame around boxes. `place` counts the boxes along the net, `row` the rows of a strip that is wrapped.
 *
 * @typedef {object} Thing
 * @property {string} id
 * @property {boolean} isFrame
 * @property {SVGElement} element
 * @property {SVGElement} shape
 * @property {Box} box
 * @property {Wire[]} ins
 * @property {Wire[]} outs
 * @property {number} place
 * @property {number} row
 */

/**
 * @typedef {object} Wire
 * @property {string} src
 * @property {string} dst
 * @property {SVGElement} element
 * @property {SVGElement} shape
 * @property {number[]} points
 * @property {Box} box
 * @property {boolean} isShortcut
 */

/**
 * `things`: boxes and frames by id; `order`: the boxes along the net; `titles`: of a group that is only a title, the id
 * that it is the title of; `pieces`: frames that belong to a box or go on from another row, with the id of what they
 * belong to; `move`: by how much the places in the SVG differ from those told here.
 *
 * @typedef {object} Index
 * @property {Size} size
 * @property {boolean} isStrip
 * @property {Point} move
 * @property {Map<string, Thing>} things
 * @property {Wire[]} wires
 * @property {Map<Element, string>} titles
 * @property {Thing[]} order
 * @property {{ id: string, box: Box }[]} pieces
 */

/** The kinds of shortcut, as classes of their wires. */
export const SHORTCUTS = ["identity", "projection", "parameter-free", "gated"];
const SHAPES = "path, polygon, polyline, ellipse";

/**
 * In steps, as it is read.
 *
 * @param {SVGSVGElement} svg
 * @returns {Generator<void, Index, void>}
 */
export function* indexDrawing(svg) {
  const index = emptyIndex(svg);
  /** @type {SVGElement[]} */
  const edges = [];
  for (const group of /** @type {NodeListOf<SVGElement>} */ (svg.querySelectorAll("g.node, g.cluster, g.edge"))) {
    yield;
    // A wire through a fork is two: e: up to the fork, g: from there.
    if (/^[eg]:/.test(group.id)) edges.push(group);
    else if (/^[tuvwf]:/.test(group.id)) addTitle(index, group);
    else if (/^[nc]:/.test(group.id)) addThing(index, group);
  }
  for (const group of edges) {
    addWire(index, group);
    yield;
  }
  numberRows([...index.things.values()], index.pieces);
  index.order = [...index.things.values()].filter((thing) => !thing.isFrame).sort(netAfterNet(index.isStrip));
  for (const [place, thing] of index.order.entries()) thing.place = place;
  return index;
}

/**
 * @param {SVGSVGElement} svg
 * @returns {Index}
 */
function emptyIndex(svg) {
  const move = moveIn(svg.querySelector("g")?.getAttribute("transform"));
  const [, , width = 1, height = 1] = numbersIn(svg.getAttribute("viewBox"));
  // Several nets under each other are strips, however many there are.
  const isStrip = svg.querySelector("g.graph.tall") === null;
  const size = { width, height };
  return { size, isStrip, move, things: new Map(), wires: [], titles: new Map(), order: [], pieces: [] };
}

/**
 * What stands for a box or frame that is drawn elsewhere: its title, the frame around a run's box, the rest of a frame in
 * another row.
 *
 * @param {Index} index
 * @param {SVGElement} group
 */
function addTitle({ titles, pieces, move }, group) {
  const id = group.id.slice(2);
  titles.set(group, id);
  const box = group.classList.contains("cluster") ? boxOf(group, move) : null;
  if (!box) return;
  pieces.push({ id, box });
  // Of two words side by side each has its own place.
  if (group.querySelectorAll("text").length === 1) centreWords(group, middleOf(box).x - move.x);
}

/**
 * @param {Index} index
 * @param {SVGElement} group
 */
function addThing({ things, move }, group) {
  const box = boxOf(group, move);
  const shape = /** @type {SVGElement | null} */ (group.querySelector(SHAPES));
  if (!box || !shape) return;
  if (!group.classList.contains("network")) centreWords(group, middleOf(box).x - move.x);
  const id = group.id.slice(2);
  things.set(id, {
    id,
    isFrame: group.id[0] === "c",
    element: group,
    shape,
    box,
    ins: [],
    outs: [],
    place: -1,
    row: 0,
  });
}

/**
 * Graphviz centres each line by where it begins, for a font of its own; in the page's font it would hang to the left.
 *
 * @param {SVGElement} group
 * @param {number} x
 */
function centreWords(group, x) {
  for (const text of group.querySelectorAll("text")) {
    text.setAttribute("text-anchor", "middle");
    text.setAttribute("x", String(x));
  }
}

/**
 * @param {Index} index
 * @param {SVGElement} group
 */
function addWire({ things, wires, move }, group) {
  const ends = wireEnds(group.id.slice(2), (id) => things.has(id));
  const path = group.querySelector("path");
  if (!ends || !path) return;
  const points = numbersIn(path.getAttribute("d")).map((value, i) => value + (i % 2 ? move.y : move.x));
  const isShortcut = SHORTCUTS.some((role) => group.classList.contains(role));
  const wire = { ...ends, element: group, shape: path, points, box: boxAround(points), isShortcut };
  wires.push(wire);
  things.get(ends.src)?.outs.push(wire);
  things.get(ends.dst)?.ins.push(wire);
}

/**
 * The ids that a wire's own id names. An id may hold a ">" of its own: the right one is where both sides are drawn.
 *
 * @param {string} text
 * @param {(id: string) => boolean} isDrawn
 */
export function wireEnds(text, isDrawn) {
  for (let at = text.indexOf(">"); at >= 0; at = text.indexOf(">", at + 1)) {
    const [src, dst] = [text.slice(0, at), text.slice(at + 1)];
    if (isDrawn(src) && isDrawn(dst)) return { src, dst };
  }
  return null;
}

/**
 * @param {SVGElement} group
 * @param {Point} move
 * @returns {Box | null}
 */
function boxOf(group, move) {
  const points = [...group.querySelectorAll(SHAPES)].flatMap(outlineOf);
  if (!points.length) return null;
  const box = boxAround(points);
  return { ...box, x: box.x + move.x, y: box.y + move.y };
}

/**
 * The points that a shape lies between.
 *
 * @param {Element} shape
 */
function outlineOf(shape) {
  if (shape.localName !== "ellipse") return numbersIn(shape.getAttribute("d") ?? shape.getAttribute("points"));
  const [cx, cy, rx, ry] = ["cx", "cy", "rx", "ry"].map((name) => Number(shape.getAttribute(name)));
  return [cx - rx, cy - ry, cx + rx, cy + ry];
}
