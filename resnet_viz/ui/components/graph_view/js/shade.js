// The colours of the drawing: those of the theme, and on request a metric as a shade.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { isDarkTheme } from "../../browser/theme.js";
import { amountText } from "./amounts.js";

export function makeShadeChooser(view, on) {
  const { words, metrics } = view.data;
  const box = element("label", "shade");
  box.append(element("span", "", words.colourBy));
  const chooser = element("select");
  for (const { key, name } of metrics) {
    const option = element("option", "", name);
    option.value = key;
    chooser.append(option);
  }
  chooser.addEventListener("change", () => onShadeChosen(view, chooser.value), { signal: on });
  box.append(chooser);
  view.shadeChooser = chooser;
  return box;
}

function onShadeChosen(view, metric) {
  shadeBy(view, metric);
  view.send("shaded", { metric });
}

// What a shade stands for: from nothing to the most of any box.
export function makeShadeLegend(view) {
  const legend = element("div", "shade-legend");
  const [least, bar, most] = [element("span"), element("span", "ramp"), element("span")];
  legend.append(least, bar, most);
  view.shadeParts = { least, bar, most };
  return legend;
}

export function shadeBy(view, metric) {
  const { metrics } = view.data;
  const chosen = metrics.find(({ key }) => key === metric) ?? metrics[0];
  view.metric = chosen.key;
  view.shadeChooser.value = chosen.key;
  view.shadeChooser.title = chosen.help;
  const isPlain = chosen.at === null || chosen.at === undefined;
  view.svg.classList.toggle("shaded", !isPlain);
  view.shadeLegend.classList.toggle("none", isPlain);
  const boxes = view.order.filter(({ element: group }) => !group.classList.contains("add"));
  const amountOf = ({ id }) => view.drawn.facts[id]?.amounts?.[chosen.at] ?? null;
  const most = Math.max(0, ...boxes.map(amountOf));
  const ramp = view.data.ramp[view.isDark ? "dark" : "light"];
  for (const box of boxes) {
    const amount = isPlain ? null : amountOf(box);
    box.element.classList.toggle("no-amount", !isPlain && amount === null);
    box.shape.style.fill = amount === null ? "" : rampColour(ramp, most ? amount / most : 0);
  }
  if (!isPlain) tellShade(view, chosen, most, ramp);
  view.afterMove();
}

function tellShade(view, { kind, help }, most, ramp) {
  const { least, bar, most: right } = view.shadeParts;
  const { language } = view.data.words;
  least.textContent = amountText(0, kind, language);
  right.textContent = amountText(most, kind, language);
  bar.style.background = `linear-gradient(to right, ${ramp.join(", ")})`;
  view.shadeLegend.title = help;
}

function rampColour(ramp, share) {
  const at = clamp(share, 0, 1) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  const [from, to] = [ramp[low], ramp[low + 1]].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * (at - low))).join(", ")})`;
}

// The drawing is made for the light theme: in the dark one each colour has a counterpart.
export function paintTheme(view) {
  const isDark = isDarkTheme(view.root);
  view.root.classList.toggle("dark", isDark);
  if (view.isDark === isDark) return false;
  view.isDark = isDark;
  for (const shape of paintedShapes(view.svg)) paintShape(view, shape, isDark);
  return true;
}

export function paintedShapes(svg) {
  return svg ? svg.querySelectorAll("[fill], [stroke]") : [];
}

// The first change of a shape notes its light colours, to find back to them.
export function paintShape(view, shape, isDark) {
  const { recolour } = view.data;
  if (!view.light.has(shape)) {
    view.light.set(shape, { fill: shape.getAttribute("fill"), stroke: shape.getAttribute("stroke") });
  }
  for (const [name, colour] of Object.entries(view.light.get(shape))) {
    if (Object.hasOwn(recolour, colour)) shape.setAttribute(name, isDark ? recolour[colour] : colour);
  }
}
