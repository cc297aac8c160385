// Pointing at a cell: its channel, place and value beside the pointer, and what it sees of the input.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { choose } from "./channel_view.js";
import { hideField, showField } from "./field.js";
import { valueText } from "./numbers.js";
import { GAP } from "./paint.js";
import { levelAt } from "./unpack.js";
import { moveCursor } from "./walk.js";

const MARGIN = 8;

export function listenToPointer(view, on) {
  const onTiles = (event) => hover(view, event, cellUnder(view, event));
  view.canvas.addEventListener("pointermove", onTiles, { signal: on });
  view.canvas.addEventListener("pointerdown", onTiles, { signal: on });
  view.canvas.addEventListener("pointerleave", () => leave(view), { signal: on });
  view.canvas.addEventListener("click", (event) => onClick(view, event), { signal: on });
  const onLarge = (event) => hover(view, event, cellOfLarge(view, event));
  view.largeCanvas.addEventListener("pointermove", onLarge, { signal: on });
  view.largeCanvas.addEventListener("pointerdown", onLarge, { signal: on });
  view.largeCanvas.addEventListener("pointerleave", () => leave(view), { signal: on });
}

// The tile and cell under the pointer; null over a gap.
function cellUnder(view, event) {
  const { grid, page } = view;
  const x = event.offsetX - GAP;
  const y = event.offsetY - GAP;
  const [tileColumn, tileRow] = [Math.floor(x / grid.pitch.x), Math.floor(y / grid.pitch.y)];
  const column = Math.floor((x - tileColumn * grid.pitch.x) / grid.zoom);
  const row = Math.floor((y - tileRow * grid.pitch.y) / grid.zoom);
  const place = tileRow * grid.columns + tileColumn;
  const isTile = x >= 0 && y >= 0 && tileColumn < grid.columns && place < page.count;
  return isTile && row < page.height && column < page.width ? { place, row, column } : null;
}

function cellOfLarge(view, event) {
  const { page, largeZoom: zoom } = view;
  const [row, column] = [Math.floor(event.offsetY / zoom), Math.floor(event.offsetX / zoom)];
  const isCell = row >= 0 && column >= 0 && row < page.height && column < page.width;
  return isCell ? { place: page.channels.indexOf(view.chosen), row, column } : null;
}

function hover(view, event, cell) {
  if (!cell) return leave(view);
  showTip(view, tell(view, cell), event.clientX, event.clientY);
  return undefined;
}

function onClick(view, event) {
  const cell = cellUnder(view, event);
  if (!cell) return;
  view.cell = { row: cell.row, column: cell.column };
  moveCursor(view, cell.place);
  view.pane.focus({ preventScroll: true });
  choose(view, view.page.channels[cell.place]);
}

// What is said of a cell, line by line; the box on the input goes with it.
export function tell(view, { place, row, column }) {
  const { page } = view;
  const { words } = page;
  const lines = [
    `${sentence(words.channel, { n: page.channels[place] })}: ${valueText(page, place, levelAt(page, place, row, column))}`,
  ];
  if (page.height * page.width > 1) lines.push(placeText(page, row, column));
  if (page.reducedBy > 1) lines.push(sentence(words.meanOf, { n: page.reducedBy }));
  showField(view, row, column);
  return lines;
}

function placeText(page, row, column) {
  const { reducedBy: n, words } = page;
  if (n === 1) return sentence(words.cell, { row, column });
  const last = { lastRow: (row + 1) * n - 1, lastColumn: (column + 1) * n - 1 };
  return sentence(words.cells, { row: row * n, column: column * n, ...last });
}

function showTip(view, lines, x, y) {
  const { tip } = view;
  tip.replaceChildren(...lines.map((line, i) => element("div", i ? "" : "tip-title", line)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = clamp(x + 14, MARGIN, Math.max(MARGIN, window.innerWidth - width - MARGIN));
  const isBelow = y + 18 + height < window.innerHeight;
  Object.assign(tip.style, { left: `${left}px`, top: `${Math.max(MARGIN, isBelow ? y + 18 : y - 12 - height)}px` });
}

export function leave(view) {
  view.tip.hidden = true;
  hideField(view);
}
