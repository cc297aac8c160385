// The table's elements: a grid whose rows share its columns. view.buttons holds them by row, the headings' row first,
// and by column; null where a net has no such part.

import { element, withRole } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";

const FIRST_NET = 3; // columns of the grid: name, size, then the nets

export function buildTable(view) {
  const { columns, rows, words } = view.data;
  view.hasSizes = rows.some((row) => row.size);
  const grid = withRole("div", "grid", "grid");
  grid.setAttribute("aria-label", words.table);
  grid.style.setProperty("--columns", columns.length);
  grid.classList.toggle("without-sizes", !view.hasSizes);
  view.buttons = [[]];
  const head = buildHead(view);
  view.rows = rows.map((row, at) => buildRow(view, row, at));
  grid.append(head, ...view.rows);
  view.grid = grid;
  view.frame.replaceChildren(grid);
}

function buildHead(view) {
  const { columns, words } = view.data;
  const head = withRole("div", "row", "row head");
  const corner = withRole("div", "columnheader", "name", words.layerName);
  head.append(corner);
  view.observer.disconnect();
  view.observer.observe(corner);
  view.corner = corner;
  if (view.hasSizes) head.append(withRole("div", "columnheader", "size", words.outputSize));
  columns.forEach((column, at) => {
    const cell = placed(withRole("div", "columnheader", "net"), at);
    const button = makeButton(view, 0, at, cell);
    button.append(element("span", "title", column.name));
    if (column.depth) button.append(element("span", "small", column.depth));
    button.setAttribute("aria-label", column.depth ? sentence(words.net, column) : column.name);
    head.append(cell);
  });
  return head;
}

function buildRow(view, row, at) {
  const made = withRole("div", "row", "row");
  made.classList.toggle("total", row.isTotal);
  made.classList.toggle("first-total", row.isTotal && !view.data.rows[at - 1]?.isTotal);
  const name = withRole("div", "rowheader", "name");
  name.append(element("span", "title", row.title));
  if (row.stage) name.append(element("span", "small", row.stage));
  made.append(name);
  if (view.hasSizes) made.append(buildSize(view, row));
  view.buttons.push([]);
  const cells = row.cells.map((cell, column) => buildCell(view, made, at, column));
  joinCells(made, row, cells);
  return made;
}

// A row of totals has none, and its name takes the room where there is some.
function buildSize(view, row) {
  if (!row.isTotal) {
    const words = row.size ?? view.data.words.differs;
    return withRole("div", "gridcell", row.size === null ? "size differs" : "size", words);
  }
  const none = element("div", "size");
  none.setAttribute("aria-hidden", "true");
  return none;
}

function buildCell(view, made, at, column) {
  const { cells } = view.data.rows[at];
  const cell = placed(withRole("div", "gridcell", "cell"), column);
  if (cells[column]) {
    const button = makeButton(view, at + 1, column, cell);
    fillCell(view, button, at, column);
  } else {
    cell.append(element("span", "none", "–"));
    cell.setAttribute("aria-label", view.data.words.none);
    view.buttons[at + 1][column] = null;
  }
  made.append(cell);
  return cell;
}

function placed(cell, column) {
  cell.style.gridColumn = String(FIRST_NET + column);
  cell.dataset.column = String(column);
  return cell;
}

// The name of row 0, the headings', is none.
function makeButton(view, at, column, cell) {
  const button = element("button");
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.row = at ? view.data.rows[at - 1].name : "";
  button.dataset.at = String(at);
  button.dataset.column = String(column);
  button.setAttribute("aria-pressed", "false");
  cell.append(button);
  view.buttons[at][column] = button;
  return button;
}

export function fillCell(view, button, at, column) {
  const row = view.data.rows[at];
  const cell = row.cells[column];
  const isJoined = row.joined.some(([first, last]) => column >= first && column <= last);
  button.replaceChildren(...(isJoined ? [] : cellParts(cell)));
  button.classList.toggle("hidden-cell", Boolean(cell.isHidden));
  button.setAttribute("aria-label", cellName(view, row, column));
}

// What stands in a cell, from above: size where nets differ, lines, brackets side by side, what is printed.
function cellParts(cell) {
  if (cell.isHidden) return [element("span", "question", "?")];
  const parts = [];
  if (cell.size) parts.push(element("span", "own-size", cell.size));
  for (const line of cell.lines) parts.push(element("span", "line", line));
  if (cell.brackets.length) {
    const brackets = element("span", "brackets");
    cell.brackets.forEach((bracket, at) => {
      if (at) brackets.append(element("span", "plus", "+"));
      brackets.append(bracketPart(bracket));
    });
    parts.push(brackets);
  }
  if (cell.printed) parts.push(element("span", "printed", cell.printed));
  return parts;
}

function bracketPart({ layers, count }) {
  const made = element("span", "times");
  const bracket = element("span", "bracket");
  bracket.append(...layers.map((layer) => element("span", "layer", layer)));
  made.append(bracket, element("span", "count", `× ${count}`));
  return made;
}

function cellName({ data }, row, column) {
  const { words } = data;
  const cell = row.cells[column];
  const what = cell.isHidden ? words.hidden : spokenParts(words, cell).join("; ");
  return sentence(words.cell, { row: row.title, column: data.columns[column].name, what });
}

function spokenParts(words, cell) {
  const brackets = cell.brackets.flatMap(({ layers, count }, at) => [
    ...(at ? [words.plus] : []),
    ...layers,
    sentence(words.times, { n: count }),
  ]);
  return [cell.size, ...cell.lines, ...brackets, cell.printed].filter(Boolean);
}

// Neighbours that say the same stand as one; each of their buttons is still there, under the words.
function joinCells(made, row, cells) {
  for (const [first, last] of row.joined) {
    const joined = element("span", "joined");
    joined.setAttribute("aria-hidden", "true");
    joined.style.gridColumn = `${FIRST_NET + first} / ${FIRST_NET + last + 1}`;
    const words = element("span", "words");
    words.append(...cellParts(row.cells[first]));
    joined.append(words);
    made.append(joined);
    for (let column = first; column <= last; column += 1) {
      cells[column].classList.add("part");
      cells[column].classList.toggle("inner", column > first);
    }
  }
}
