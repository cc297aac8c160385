// What the lines and signs of the drawing mean. Line style, shape and word say the same as the colour.

import { element, svgElement } from "../../../browser/element.js";

/** @import { LegendEntry } from "../../../payloads.d.ts" */
/** @typedef {{ entry: LegendEntry, item: HTMLElement, line: SVGElement | null }} Row */

/** Dashes of a wire and of an outline, by the name that Graphviz has for the style. */
export const DASHES = {
  wire: { solid: "none", dashed: "5 3", dotted: "1.5 3" },
  mark: { solid: "none", dashed: "5 3", dotted: "2 3" },
};
const LINE = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };

export class Legend {
  element = element("ul", "legend");
  /** @type {Row[]} */
  #rows;

  /** @param {LegendEntry[]} entries */
  constructor(entries) {
    this.#rows = entries.map(makeRow);
    this.element.append(...this.#rows.map(({ item }) => item));
  }

  /**
   * Only what is drawn is explained, in the colours of the wires themselves.
   *
   * @param {SVGSVGElement} svg
   */
  update(svg) {
    for (const { entry, item, line } of this.#rows) {
      const drawn = svg.querySelector(selectorOf(entry));
      item.classList.toggle("none", drawn === null);
      if (line && drawn) line.setAttribute("stroke", drawn.querySelector("path")?.getAttribute("stroke") ?? "");
    }
  }
}

/**
 * @param {LegendEntry} entry
 * @returns {Row}
 */
function makeRow(entry) {
  const item = element("li");
  const { sign, line } = makeSign(entry);
  item.dataset.kind = entry.kind;
  item.append(sign, entry.name);
  return { entry, item, line };
}

/**
 * The sign of an entry; `line`, where the wires say its colour.
 *
 * @param {LegendEntry} entry
 */
function makeSign({ kind, what, style }) {
  const sign = svgElement("svg", { width: 26, height: 14, "aria-hidden": "true" });
  if (what === "add") {
    sign.append(
      svgElement("circle", { ...LINE, cx: 13, cy: 7, r: 6 }),
      svgElement("path", { ...LINE, d: "M13,3.5V10.5M9.5,7H16.5" }),
    );
  } else if (what === "run") {
    sign.append(
      svgElement("rect", { ...LINE, x: 3, y: 1, width: 20, height: 12, rx: 4 }),
      svgElement("rect", { ...LINE, x: 5.5, y: 3.5, width: 15, height: 7, rx: 2.5, "stroke-width": "1" }),
    );
  } else {
    const look = { ...LINE, "stroke-width": "2.5", "stroke-dasharray": DASHES[what][style] };
    if (what === "mark") sign.append(svgElement("rect", { ...look, x: 3, y: 1.5, width: 20, height: 11, rx: 4 }));
    else {
      const line = svgElement("path", { ...look, class: `sign-${kind}`, d: "M0,7H26" });
      sign.append(line);
      return { sign, line };
    }
  }
  return { sign, line: null };
}

/**
 * What an entry explains.
 *
 * @param {LegendEntry} entry
 */
function selectorOf({ kind, what }) {
  if (what === "mark") return `:is(.node, .cluster).${kind}`;
  return what === "wire" ? `.edge.${kind}` : `.node.${kind}`;
}
