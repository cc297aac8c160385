// What is lit: chosen here or in a view beside. The browser marks at once; Python has the last word.

import { findCurrent } from "./walk.js";

function sameLit(one, other) {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
}

function keyOf(row, column) {
  return `${column} ${row}`;
}

export function allButtons(view) {
  return view.buttons.flat().filter(Boolean);
}

function keyOfButton({ dataset }) {
  return keyOf(dataset.row, dataset.column);
}

function showLit(view) {
  for (const button of allButtons(view)) {
    button.setAttribute("aria-pressed", String(view.lit.has(keyOfButton(button))));
  }
}

// Python's word counts where it knows of all that was done here.
export function takeLit(view, { lit, turn }) {
  view.turn ??= turn;
  const said = new Set(lit.map(([row, column]) => keyOf(row, column)));
  const isNews = turn === view.turn && !sameLit(said, view.lit);
  if (isNews) view.lit = said;
  showLit(view);
  if (!isNews) return;
  revealLit(view);
  if (!view.frame.contains(view.root.getRootNode().activeElement)) findCurrent(view);
}

// Chosen by hand; what alone is lit is put out.
function choose(view, button) {
  const key = keyOfButton(button);
  const isOut = view.lit.has(key) && view.lit.size === 1;
  tellChoice(view, isOut ? null : button);
}

export function tellChoice(view, button) {
  view.lit = new Set(button ? [keyOfButton(button)] : []);
  view.turn += 1;
  showLit(view);
  const { row = "", column = null } = button ? button.dataset : {};
  view.tell("chosen", { row, column: column === null ? null : Number(column), turn: view.turn });
}

function revealLit(view) {
  const lit = allButtons(view).filter((button) => view.lit.has(keyOfButton(button)));
  if (lit.length && !lit.some((button) => isInSight(view, button))) reveal(view, lit[0]);
}

// Inside the frame only: the page stays where it is.
export function reveal(view, button) {
  const [seen, box] = [sightOf(view), button.getBoundingClientRect()];
  const [left, top] = [box.left - seen.left, box.top - seen.top];
  // Headings are always in sight.
  const isHeading = button.dataset.at === "0";
  view.frame.scrollBy({
    left: left < 0 ? left : Math.min(left, Math.max(0, box.right - seen.right)),
    top: isHeading ? 0 : top < 0 ? top : Math.min(top, Math.max(0, box.bottom - seen.bottom)),
  });
}

// The part of the frame that headings and names leave.
function sightOf({ frame, corner }) {
  const { left, top, right, bottom } = frame.getBoundingClientRect();
  const { width, height } = corner.getBoundingClientRect();
  return { left: left + width, top: top + height, right, bottom };
}

function isInSight(view, button) {
  const [seen, box] = [sightOf(view), button.getBoundingClientRect()];
  const across = box.left >= seen.left - 1 && box.right <= seen.right + 1;
  return across && (button.dataset.at === "0" || box.top >= seen.top - 1) && box.bottom <= seen.bottom + 1;
}

// A column under the pointer; its row marks itself.
export function listenToPointer(view, on) {
  const over = (event) => markColumn(view, event.target.closest("[data-column]")?.dataset.column ?? null);
  view.frame.addEventListener("pointerover", over, { signal: on });
  view.frame.addEventListener("pointerleave", () => markColumn(view, null), { signal: on });
  view.frame.addEventListener("click", (event) => onClick(view, event), { signal: on });
}

function markColumn(view, column) {
  if (view.column === column) return;
  view.column = column;
  for (const cell of view.grid.querySelectorAll(":scope > .row > [data-column]")) {
    cell.classList.toggle("at-column", cell.dataset.column === column);
  }
}

function onClick(view, event) {
  const button = event.target.closest("button");
  if (button) choose(view, button);
}
