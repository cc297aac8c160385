// By keyboard: a cursor over the tiles, and one over the cells of the large channel.

import { handled } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { announce } from "../../browser/words.js";
import { choose } from "./channel_view.js";
import { GAP, moveFrames, spotOf } from "./paint.js";
import { leave, tell } from "./point.js";

export function listenToKeys(view, on) {
  view.pane.addEventListener("keydown", (event) => onTileKey(view, event), { signal: on });
  view.largePane.addEventListener("keydown", (event) => onCellKey(view, event), { signal: on });
  view.large.addEventListener("keydown", (event) => event.key === "Escape" && closeByKey(view, event), { signal: on });
  view.largePane.addEventListener("focus", () => frameCell(view), { signal: on });
  const stop = () => {
    view.cellFrame.hidden = true;
    leave(view);
  };
  view.largePane.addEventListener("blur", stop, { signal: on });
}

function onTileKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !view.page.count) return;
  const { columns } = view.grid;
  const last = view.page.count - 1;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (event.key in steps) {
    const to = view.cursor + steps[event.key];
    if (to >= 0 && to <= last) moveCursor(view, to);
  } else if (event.key === "Home") moveCursor(view, 0);
  else if (event.key === "End") moveCursor(view, last);
  else if (event.key === "Enter" || event.key === " ") choose(view, view.page.channels[view.cursor]);
  else if (event.key === "Escape" && view.chosen !== null) choose(view, null);
  else return;
  handled(event);
}

function onCellKey(view, event) {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  const [down, across] = steps[event.key];
  const { page, cell } = view;
  cell.row = clamp(cell.row + down, 0, page.height - 1);
  cell.column = clamp(cell.column + across, 0, page.width - 1);
  const place = page.channels.indexOf(view.chosen);
  announce(
    view,
    [...tell(view, { place, ...cell }), page.looks ? view.fieldText.textContent : ""].filter(Boolean).join(", "),
  );
  frameCell(view);
  handled(event);
}

function closeByKey(view, event) {
  view.pane.focus({ preventScroll: true });
  choose(view, null);
  handled(event);
}

// The list of channels is real to a screen reader; the canvas shows the same tiles.
export function moveCursor(view, place) {
  view.cursor = place;
  view.pane.setAttribute("aria-activedescendant", `channel-${place}`);
  moveFrames(view);
  const { y } = spotOf(view, place);
  const end = y + view.grid.pitch.y;
  if (y < view.pane.scrollTop) view.pane.scrollTop = y - GAP;
  else if (end > view.pane.scrollTop + view.pane.clientHeight) view.pane.scrollTop = end - view.pane.clientHeight;
}

function frameCell(view) {
  const { largeZoom: zoom, cell, cellFrame: frame } = view;
  frame.hidden = false;
  Object.assign(frame.style, {
    left: `${cell.column * zoom}px`,
    top: `${cell.row * zoom}px`,
    width: `${zoom}px`,
    height: `${zoom}px`,
  });
}
