// Graphviz's SVG: parsed as XML, reduced to what a drawing needs, and indexed by what it shows.
// Places are read from the attributes, not asked of the browser: that would lay out the page again and again.

import { SVG } from "../../browser/element.js";
import { findRuns } from "./kin.js";

const SHAPES = "path, polygon, polyline, ellipse";
const KNOWN_ELEMENTS = new Set(["svg", "g", "path", "polygon", "polyline", "ellipse", "text"]);
const KNOWN_ATTRIBUTES = new Set(
  (
    "id class transform viewBox width height fill fill-opacity stroke stroke-width stroke-dasharray stroke-opacity " +
    "opacity d points cx cy rx ry x y text-anchor font-family font-weight font-style font-size xml:space"
  ).split(" "),
);
const SHORTCUTS = ["identity", "projection", "parameter-free"];
const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

// The root element of the drawing, not in the page yet; null if it is no SVG. What takes long is done in steps: each
// `yield` is a place to let the page breathe.
export function* readDrawing(source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
  const svg = parsed.documentElement;
  if (svg.namespaceURI !== SVG || svg.localName !== "svg" || parsed.querySelector("parsererror")) return null;
  yield;
  // Graphviz wraps what has a tooltip in a group and a link; the tooltips here are our own.
  for (const link of svg.querySelectorAll("a")) {
    const wrapper = link.parentNode.id.startsWith("a_") ? link.parentNode : link;
    wrapper.replaceWith(...link.childNodes);
    yield;
  }
  for (const node of [svg, ...svg.querySelectorAll("*")]) {
    cleanElement(node);
    yield;
  }
  return svg;
}

// What is not known is taken out, whatever it is: scripts, links, styles, pictures, handlers.
function cleanElement(node) {
  if (node.namespaceURI !== SVG || !KNOWN_ELEMENTS.has(node.localName)) {
    node.remove();
    return;
  }
  const { attributes } = node;
  for (let i = attributes.length - 1; i >= 0; i--) {
    const { name, value } = attributes[i];
    if (!KNOWN_ATTRIBUTES.has(name) || value.includes("url(")) node.removeAttribute(name);
  }
}

// `things`: id → box or frame; `wires`: what connects the boxes; `order`: the boxes along the net.
export function* indexDrawing(svg) {
  const [moveX, moveY] = numbersIn(/translate\(([^)]*)\)/.exec(svg.querySelector("g")?.getAttribute("transform"))?.[1]);
  const move = { x: moveX ?? 0, y: moveY ?? 0 };
  const [, , width = 1, height = 1] = numbersIn(svg.getAttribute("viewBox"));
  // Several nets under each other are strips, however many there are.
  const isStrip = width > height || svg.querySelector("g.cluster.network") !== null;
  const index = { size: { width, height }, isStrip, things: new Map(), wires: [], titles: new Map() };
  const edges = [];
  for (const group of svg.querySelectorAll("g.node, g.cluster, g.edge")) {
    yield;
    const id = group.id.slice(2);
    if (group.id.startsWith("e:")) edges.push(group);
    else if (group.id.startsWith("t:")) index.titles.set(group, id);
    else if (/^[nc]:/.test(group.id)) {
      const box = boxOf(group, move);
      const shape = group.querySelector(SHAPES);
      if (box && !group.classList.contains("network")) centreWords(group, middleOf(box).x - move.x);
      if (box)
        index.things.set(id, { id, isFrame: group.id[0] === "c", element: group, shape, box, ins: [], outs: [] });
    }
  }
  for (const group of edges) {
    addWire(index, group, move);
    yield;
  }
  index.order = [...index.things.values()].filter((thing) => !thing.isFrame).sort(netAfterNet(index.isStrip));
  index.order.forEach((thing, place) => (thing.place = place));
  index.runs = findRuns(index.things);
  return index;
}

// Graphviz centres each line by where it begins, for a font of its own; in the page's font it would hang to the left.
function centreWords(group, x) {
  for (const text of group.querySelectorAll("text")) {
    text.setAttribute("text-anchor", "middle");
    text.setAttribute("x", String(x));
  }
}

function addWire(index, group, move) {
  const ends = wireEnds(group.id.slice(2), index.things);
  const path = group.querySelector("path");
  if (!ends || !path) return;
  const points = numbersIn(path.getAttribute("d")).map((value, i) => value + (i % 2 ? move.y : move.x));
  const isShortcut = SHORTCUTS.some((role) => group.classList.contains(role));
  const wire = { ...ends, element: group, shape: path, points, box: boxAround(points), isShortcut };
  index.wires.push(wire);
  index.things.get(ends.src).outs.push(wire);
  index.things.get(ends.dst).ins.push(wire);
}

// A name may hold a ">" of its own: the right one is where both sides are drawn.
function wireEnds(text, things) {
  for (let at = text.indexOf(">"); at >= 0; at = text.indexOf(">", at + 1)) {
    const [src, dst] = [text.slice(0, at), text.slice(at + 1)];
    if (things.has(src) && things.has(dst)) return { src, dst };
  }
  return null;
}

function boxOf(group, move) {
  const points = [];
  for (const shape of group.querySelectorAll(SHAPES)) {
    if (shape.localName === "ellipse") {
      const [cx, cy, rx, ry] = ["cx", "cy", "rx", "ry"].map((name) => Number(shape.getAttribute(name)));
      points.push(cx - rx, cy - ry, cx + rx, cy + ry);
    } else points.push(...numbersIn(shape.getAttribute("d") ?? shape.getAttribute("points")));
  }
  if (!points.length) return null;
  const box = boxAround(points);
  return { ...box, x: box.x + move.x, y: box.y + move.y };
}

function boxAround(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function numbersIn(text) {
  return (text?.match(NUMBER) ?? []).map(Number);
}

export function middleOf(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

// One net after the other; ids in a drawing of several begin with the letter of their net.
function netAfterNet(isStrip) {
  const netOf = ({ id }) => /^[A-D]\//.exec(id)?.[0] ?? "";
  const along = alongNet(isStrip);
  return (one, other) => (netOf(one) === netOf(other) ? along(one, other) : netOf(one) < netOf(other) ? -1 : 1);
}

// From left to right in a strip, from top to bottom in a tall drawing; side by side, the other way decides.
export function alongNet(isStrip) {
  const [along, across] = isStrip ? ["x", "y"] : ["y", "x"];
  return (one, other) => {
    const [a, b] = [middleOf(one.box), middleOf(other.box)];
    return Math.abs(a[along] - b[along]) > 1 ? a[along] - b[along] : a[across] - b[across];
  };
}
