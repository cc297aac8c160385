// One channel large, with a bar of its colours, ticks, and its figures.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { choose } from "./channel_view.js";
import { numberText, shareText, TOP } from "./numbers.js";
import { sheetOf } from "./paint.js";

const LARGE_SIDE = 320;
const TICKS = 5;

export function makeLarge(view, on) {
  const large = element("section", "large");
  const head = element("div", "large-head");
  view.largeTitle = element("h4");
  const close = element("button");
  close.type = "button";
  view.closeButton = close;
  close.addEventListener("click", () => choose(view, null), { signal: on });
  head.append(view.largeTitle, close);
  view.largePane = element("div", "large-pane");
  view.largePane.tabIndex = 0;
  view.largePane.setAttribute("role", "group");
  view.largeCanvas = element("canvas");
  view.cellFrame = element("div", "frame cell");
  view.cellFrame.hidden = true;
  view.largePane.append(view.largeCanvas, view.cellFrame);
  view.bar = element("div", "bar");
  view.ticks = element("div", "ticks");
  view.figures = element("dl", "figures");
  const row = element("div", "large-row");
  row.append(view.largePane, view.bar, view.ticks);
  large.append(head, row, view.figures);
  return large;
}

export function showLarge(view) {
  const { page } = view;
  const place = page.channels.indexOf(view.chosen);
  view.large.hidden = place < 0;
  view.root.classList.toggle("with-large", place >= 0);
  if (place < 0) return;
  const { words } = page;
  view.largeTitle.textContent = sentence(words.channel, { n: view.chosen });
  view.largePane.setAttribute("aria-label", sentence(words.large, { n: view.chosen }));
  const most = Math.min(LARGE_SIDE, Math.max(120, view.root.clientWidth - 100));
  view.largeZoom = Math.max(1, Math.floor(most / Math.max(page.width, page.height)));
  const { largeCanvas: canvas, largeZoom: zoom } = view;
  canvas.width = page.width * zoom;
  canvas.height = page.height * zoom;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(sheetOf(view), 0, place * page.height, page.width, page.height, 0, 0, canvas.width, canvas.height);
  view.cell = { row: clamp(view.cell.row, 0, page.height - 1), column: clamp(view.cell.column, 0, page.width - 1) };
  showBar(view, place);
  showFigures(view, place);
}

// From the greatest value above to the least below.
function showBar(view, place) {
  const { page, bar, ticks } = view;
  const stops = Array.from({ length: 18 }, (_, i) => {
    const at = 3 * Math.round(TOP - (i / 17) * TOP);
    return `rgb(${page.colours[at]}, ${page.colours[at + 1]}, ${page.colours[at + 2]})`;
  });
  bar.style.background = `linear-gradient(to bottom, ${stops.join(", ")})`;
  const [low, high] = [page.low[place], page.high[place]];
  const isFlat = low >= high;
  bar.classList.toggle("none", isFlat);
  const values = isFlat ? [] : Array.from({ length: TICKS }, (_, i) => high - (i / (TICKS - 1)) * (high - low));
  const rounded = values.map((value) => (Math.abs(value) < (high - low) * 1e-9 ? 0 : value));
  ticks.replaceChildren(...rounded.map((value) => element("span", "", numberText(value, page.words.language))));
}

function showFigures(view, place) {
  const { words, figures } = view.page;
  const { mean, min, max, variance, zeros, norm, n_bad: bad, argmax } = figures[place];
  const number = (value) => numberText(value, words.language);
  const deviation = variance === null ? null : Math.sqrt(variance);
  const rows = [
    ["mean", number(mean)],
    ["min", number(min)],
    ["max", number(max)],
  ];
  if (argmax && view.page.height * view.page.width > 1)
    rows.push(["at", sentence(words.cell, { row: argmax[0], column: argmax[1] })]);
  rows.push(["deviation", number(deviation)], ["zeros", shareText(zeros, words.language)], ["norm", number(norm)]);
  if (bad) rows.push(["bad", number(bad)]);
  const parts = rows.flatMap(([key, text]) => [element("dt", "", words.figures[key]), element("dd", "", text)]);
  view.figures.replaceChildren(...parts);
}
