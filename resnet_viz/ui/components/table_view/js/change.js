// Another table in the place of this one: what is equal stays, a cell with another value is filled anew and shines,
// and only a table of another form is built again. The keyboard and the frame stay where they are.

import { buildTable, fillCell } from "./build.js";
import { setCurrent } from "./walk.js";

export function takeData(view, data) {
  const before = view.data;
  view.data = data;
  const isSame = before && JSON.stringify(bodyOf(before)) === JSON.stringify(bodyOf(data));
  if (isSame) return;
  if (before && formOf(before) === formOf(data)) refill(view, before);
  else rebuild(view);
  if (before && before.words.language === data.words.language) shineChanges(view, before);
}

function bodyOf({ columns, rows, words }) {
  return [columns, rows, words];
}

// What elements there are; the rest is words in them.
function formOf({ columns, rows, words }) {
  const form = rows.map((row) => [
    row.name,
    row.title,
    row.stage,
    row.size,
    row.joined,
    row.cells.map(Boolean),
    row.joined.length ? row.cells : null,
  ]);
  return JSON.stringify([columns, form, words]);
}

function refill(view, before) {
  view.data.rows.forEach((row, at) => {
    row.cells.forEach((cell, column) => {
      const isEqual = JSON.stringify(cell) === JSON.stringify(before.rows[at].cells[column]);
      if (cell && !isEqual) fillCell(view, view.buttons[at + 1][column], at, column);
    });
  });
}

function rebuild(view) {
  const { activeElement } = view.root.getRootNode();
  const held = view.frame.contains(activeElement) ? activeElement : null;
  const last = view.current?.dataset;
  const { scrollLeft, scrollTop } = view.frame;
  buildTable(view);
  view.frame.scrollTo(scrollLeft, scrollTop);
  view.column = null;
  setCurrent(view, last ? findButton(view, last) : null);
  if (held) view.current?.focus({ preventScroll: true });
}

// The button of the same row, or at the same height, and of the same column or the last one.
function findButton(view, { row, at, column }) {
  const known = view.data.rows.findIndex(({ name }) => name === row);
  const line = view.buttons[row && known >= 0 ? known + 1 : Math.min(Number(at), view.buttons.length - 1)];
  return line[Math.min(Number(column), line.length - 1)] ?? line.find(Boolean) ?? null;
}

// Of tables with as many columns: the cells of a row that say something else than before.
function shineChanges(view, before) {
  if (before.columns.length !== view.data.columns.length) return;
  view.data.rows.forEach((row, at) => {
    const old = before.rows.find(({ name }) => name === row.name);
    row.cells.forEach((cell, column) => {
      const was = old?.cells[column];
      if (cell && was && JSON.stringify(was) !== JSON.stringify(cell)) shine(view.buttons[at + 1][column]);
    });
  });
}

function shine(button) {
  button.classList.remove("changed");
  void button.offsetWidth; // begins anew where it shines already
  button.classList.add("changed");
}
