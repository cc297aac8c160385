// The picture's elements: lines in a bracket beside what they do, then the blocks, each under the arc of its shortcut.

import { element, svgElement, withRole } from "../../browser/element.js";

/** @import { BlockData, CellViewData, LineData, ReasonData } from "../../payloads.d.ts" */

const ARC = { width: 46, height: 14 };
/** @type {Record<string, string>} */
const DASHES = { solid: "", dashed: "5 3", dotted: "1.5 3" };

/**
 * @param {CellViewData} data
 * @param {"light" | "dark"} theme
 */
export function buildPicture(data, theme) {
  const parts = [];
  if (data.above.length) parts.push(linesPart(data.above, "lines above"));
  parts.push(linesPart(data.layers, data.count ? "lines bracketed" : "lines"));
  if (data.count) parts.push(element("b", "count", data.count), blocksPart(data, theme), reasonsPart(data, theme));
  const whole = withRole("div", "group", "picture");
  whole.setAttribute("aria-label", data.name);
  const [fill, line] = data.paints[theme];
  whole.style.setProperty("--fill", fill);
  whole.style.setProperty("--stage", line);
  whole.append(...parts);
  return [whole];
}

/**
 * @param {LineData[]} lines
 * @param {string} className
 */
function linesPart(lines, className) {
  const made = withRole("div", "list", className);
  lines.forEach((line, at) => {
    const row = withRole("div", "listitem", "line");
    row.classList.toggle("top", at === 0);
    row.classList.toggle("bottom", at === lines.length - 1);
    const deed = element("span", "deed");
    deed.append(element("b", "", line.deed), element("span", "change", line.change));
    if (line.first) deed.append(element("span", "first", line.first));
    row.append(element("span", "text", line.text), deed);
    made.append(row);
  });
  return made;
}

/**
 * @param {CellViewData} data
 * @param {"light" | "dark"} theme
 */
function blocksPart({ blocks, more, chosen, wires, styles }, theme) {
  const made = element("div", "blocks");
  for (const block of blocks) made.append(blockPart(block, wires[theme][block.kind] ?? "", styles[block.kind] ?? ""));
  for (const button of made.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.id === chosen));
  }
  made.classList.toggle("many", blocks.length > 8);
  if (more) made.append(element("span", "more", more));
  return made;
}

/**
 * @param {BlockData} block
 * @param {string} colour
 * @param {string} style
 */
function blockPart({ id, number, name }, colour, style) {
  const button = element("button", style ? `block ${style}` : "block");
  button.type = "button";
  button.dataset.id = id;
  button.title = name;
  button.setAttribute("aria-label", name);
  button.style.setProperty("--kind", colour || "transparent");
  button.append(arc(style), element("span", "box", String(number)));
  return button;
}

/**
 * The shortcut over a block, in the line of its kind.
 *
 * @param {string} style
 */
function arc(style) {
  const { width, height } = ARC;
  const made = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, class: "arc", "aria-hidden": "true" });
  const path = `M 1 ${height} C 4 0, ${width - 4} 0, ${width - 1} ${height}`;
  made.append(svgElement("path", { d: path, "stroke-dasharray": DASHES[style] ?? "" }));
  made.style.visibility = style ? "" : "hidden";
  return made;
}

/**
 * @param {CellViewData} data
 * @param {"light" | "dark"} theme
 */
function reasonsPart({ reasons, wires, styles }, theme) {
  const made = withRole("div", "list", "reasons");
  for (const reason of reasons) made.append(reasonPart(reason, wires[theme][reason.kind] ?? "", styles[reason.kind]));
  return made;
}

/**
 * @param {ReasonData} reason
 * @param {string} colour
 * @param {string | undefined} style
 */
function reasonPart({ numbers, text }, colour, style) {
  const made = withRole("div", "listitem", "reason");
  made.style.setProperty("--kind", colour || "transparent");
  const sign = svgElement("svg", { viewBox: "0 0 26 6", class: "sign", "aria-hidden": "true" });
  sign.append(svgElement("path", { d: "M 0 3 H 26", "stroke-dasharray": DASHES[style ?? ""] ?? "" }));
  made.append(sign, element("b", "", numbers), element("span", "", text));
  return made;
}
