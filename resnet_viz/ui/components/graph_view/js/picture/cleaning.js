// Graphviz's SVG, parsed as XML and reduced to what a drawing needs: shapes, words and groups.

import { SVG } from "../../../browser/element.js";

const KNOWN_ELEMENTS = new Set(["svg", "g", "path", "polygon", "polyline", "ellipse", "text"]);
const KNOWN_ATTRIBUTES = new Set(
  (
    "id class transform viewBox width height fill fill-opacity stroke stroke-width stroke-dasharray stroke-opacity " +
    "opacity d points cx cy rx ry x y text-anchor font-family font-weight font-style font-size xml:space"
  ).split(" "),
);

/**
 * The root element of the drawing, not in the page yet; null if it is no SVG. What takes long is done in steps: each
 * `yield` is a place to let the page breathe.
 *
 * @param {string} source
 * @returns {Generator<void, SVGSVGElement | null, void>}
 */
export function* readDrawing(source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
  const svg = parsed.documentElement;
  if (svg.namespaceURI !== SVG || svg.localName !== "svg" || parsed.querySelector("parsererror")) return null;
  yield;
  // Graphviz wraps what has a tooltip in a group and a link; the tooltips here are our own.
  for (const link of svg.querySelectorAll("a")) {
    const group = link.parentElement;
    const wrapper = group?.id.startsWith("a_") ? group : link;
    wrapper.replaceWith(...link.childNodes);
    yield;
  }
  for (const node of [svg, ...svg.querySelectorAll("*")]) {
    cleanElement(node);
    yield;
  }
  return /** @type {SVGSVGElement} */ (/** @type {Element} */ (svg));
}

/**
 * What is not known is taken out, whatever it is: scripts, links, styles, pictures, handlers.
 *
 * @param {Element} node
 */
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
