// What stands above the drawing: search, colours, buttons, and the legend of the lines.

import { element, pushButton, svgElement } from "../../browser/element.js";
import { fitScale, goToSelection, STEP, zoomBy, zoomTo } from "./camera.js";
import { makeSearch } from "./search.js";
import { makeShadeChooser, makeShadeLegend } from "./shade.js";

const MARKS = ["changed", "added", "removed"];

export function makeToolbar(view, on) {
  const bar = element("div", "bar");
  const row = element("div", "row");
  row.append(makeSearch(view, on), makeShadeChooser(view, on), makeViewButtons(view, on));
  view.legend = makeLegend(view.data.words);
  view.shadeLegend = makeShadeLegend(view);
  const signs = element("div", "row signs");
  signs.append(view.legend, view.shadeLegend);
  bar.append(row, signs);
  return bar;
}

function makeViewButtons(view, on) {
  const { words } = view.data;
  const buttons = element("div", "buttons");
  view.goButton = pushButton("", words.goTitle, () => goToSelection(view), on);
  const sign = svgElement("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  sign.append(
    svgElement("path", { d: "M8,1V5M8,11V15M1,8H5M11,8H15M8,4A4,4 0 1 0 8,12A4,4 0 1 0 8,4", class: "icon" }),
  );
  view.goButton.append(sign);
  buttons.append(
    pushButton("−", words.zoomOut, () => zoomBy(view, 1 / STEP), on),
    pushButton(words.fit, words.fitTitle, () => zoomTo(view, fitScale(view)), on),
    pushButton(words.natural, words.naturalTitle, () => zoomTo(view, view.camera.type), on),
    pushButton("+", words.zoomIn, () => zoomBy(view, STEP), on),
    view.goButton,
    pushButton("?", words.help, () => view.help.showModal(), on),
  );
  return buttons;
}

// Line style, shape and word say the same as the colour.
function makeLegend(words) {
  const list = element("ul", "legend");
  for (const [kind, label] of Object.entries(words.legend)) {
    const item = element("li");
    item.dataset.kind = kind;
    item.append(legendSign(kind, words.styles[kind]), label);
    list.append(item);
  }
  return list;
}

function legendSign(kind, style) {
  const svg = svgElement("svg", { width: 26, height: 14, "aria-hidden": "true" });
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };
  if (kind === "add") {
    svg.append(
      svgElement("circle", { ...line, cx: 13, cy: 7, r: 6 }),
      svgElement("path", { ...line, d: "M13,3.5V10.5M9.5,7H16.5" }),
    );
  } else if (kind === "run") {
    svg.append(
      svgElement("rect", { ...line, x: 3, y: 1, width: 20, height: 12, rx: 4 }),
      svgElement("rect", { ...line, x: 5.5, y: 3.5, width: 15, height: 7, rx: 2.5, "stroke-width": "1" }),
    );
  } else if (MARKS.includes(kind)) {
    const dash = { solid: "none", dashed: "5 3", dotted: "2 3" }[style];
    const look = { ...line, "stroke-width": "2.5", "stroke-dasharray": dash };
    svg.append(svgElement("rect", { ...look, x: 3, y: 1.5, width: 20, height: 11, rx: 4 }));
  } else {
    const dash = { solid: "none", dashed: "5 3", dotted: "1.5 3" }[style];
    const look = { ...line, "stroke-width": "2.5", "stroke-dasharray": dash, class: `sign-${kind}` };
    svg.append(svgElement("path", { ...look, d: "M0,7H26" }));
  }
  return svg;
}

function legendSelector(kind) {
  if (MARKS.includes(kind)) return `:is(.node, .cluster).${kind}`;
  return `${["add", "run"].includes(kind) ? ".node" : ".edge"}.${kind}`;
}

// Only what is drawn is explained, in the colours of the wires themselves.
export function updateLegend(view) {
  const { svg } = view;
  for (const item of view.legend.children) {
    const { kind } = item.dataset;
    const drawn = svg.querySelector(legendSelector(kind));
    item.classList.toggle("none", drawn === null);
    const sign = item.querySelector("[class^=sign-]");
    if (sign && drawn) sign.setAttribute("stroke", drawn.querySelector("path").getAttribute("stroke"));
  }
}

// Keys and mouse, in a dialog of the browser's own.
export function makeHelp(view, on) {
  const { words } = view.data;
  const help = element("dialog", "help");
  help.setAttribute("aria-label", words.help);
  const list = element("dl");
  for (const [keys, what] of words.keys) list.append(element("dt", "", keys), element("dd", "", what));
  const close = pushButton(words.close, words.close, () => help.close(), on);
  help.append(element("h3", "", words.help), list, close);
  help.addEventListener("click", (event) => event.target === help && help.close(), { signal: on });
  return help;
}
