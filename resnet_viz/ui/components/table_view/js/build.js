// The table's elements: a grid whose rows share its columns.

import { element, withRole } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { cellParts, fillCell } from "./cell.js";
import { buildStepper } from "./counter.js";

/** @import { ColumnData, RowData, TableData } from "../../payloads.d.ts" */
/** @import { Lines } from "./places.js" */

const FIRST_NET = 3; // columns of the grid: name, size, then the nets

/**
 * What is reached of a table later on: `corner` is the heading of the rows' names.
 *
 * @typedef {object} Built
 * @property {HTMLElement} grid
 * @property {HTMLElement} corner
 * @property {HTMLElement[]} rows without the headings'
 * @property {Lines<HTMLButtonElement>} buttons
 */

/**
 * @param {TableData} data
 * @returns {Built}
 */
export function buildTable(data) {
  const { columns, rows, words } = data;
  const hasSizes = rows.some((row) => row.size);
  const grid = withRole("div", "grid", "grid");
  grid.setAttribute("aria-label", words.table);
  grid.style.setProperty("--columns", String(columns.length));
  grid.classList.toggle("without-sizes", !hasSizes);
  const corner = withRole("div", "columnheader", "name", words.layerName);
  const head = buildHead(data, corner, hasSizes);
  const built = rows.map((_row, at) => buildRow(data, at, hasSizes));
  grid.append(head.element, ...built.map((row) => row.element));
  return {
    grid,
    corner,
    rows: built.map((row) => row.element),
    buttons: [head.buttons, ...built.map((row) => row.buttons)],
  };
}

/**
 * @param {TableData} data
 * @param {HTMLElement} corner
 * @param {boolean} hasSizes
 */
function buildHead({ columns, words }, corner, hasSizes) {
  const head = withRole("div", "row", "row head");
  head.append(corner);
  if (hasSizes) head.append(withRole("div", "columnheader", "size", words.outputSize));
  const buttons = columns.map((column, at) => {
    const cell = placed(withRole("div", "columnheader", "net"), at);
    const button = makeButton("", 0, at);
    nameNet(button, column, words.net);
    cell.append(button);
    head.append(cell);
    return button;
  });
  return { element: head, buttons };
}

/**
 * @param {HTMLButtonElement} button
 * @param {ColumnData} column
 * @param {string} template
 */
function nameNet(button, column, template) {
  button.append(element("span", "title", column.name));
  if (column.depth) button.append(element("span", "small", column.depth));
  button.setAttribute("aria-label", column.depth ? sentence(template, column) : column.name);
}

/**
 * @param {TableData} data
 * @param {number} at
 * @param {boolean} hasSizes
 */
function buildRow(data, at, hasSizes) {
  const row = data.rows[at];
  const made = withRole("div", "row", "row");
  made.classList.toggle("total", row.isTotal);
  made.classList.toggle("first-total", row.isTotal && !data.rows[at - 1]?.isTotal);
  const name = withRole("div", "rowheader", "name");
  name.append(element("span", "title", row.title));
  if (row.stage) name.append(element("span", "small", row.stage));
  made.append(name);
  if (hasSizes) made.append(buildSize(row, data.words.differs));
  const cells = row.cells.map((_cell, column) => buildCell(data, at, column));
  made.append(...cells.map((cell) => cell.element));
  const elements = cells.map((cell) => cell.element);
  joinCells(made, row, elements);
  return { element: made, buttons: cells.map((cell) => cell.button) };
}

/**
 * A row of totals has none, and its name takes the room where there is some.
 *
 * @param {RowData} row
 * @param {string} differs
 */
function buildSize(row, differs) {
  if (!row.isTotal) {
    return withRole("div", "gridcell", row.size === null ? "size differs" : "size", row.size ?? differs);
  }
  const none = element("div", "size");
  none.setAttribute("aria-hidden", "true");
  return none;
}

/**
 * @param {TableData} data
 * @param {number} at
 * @param {number} column
 */
function buildCell(data, at, column) {
  const row = data.rows[at];
  const cell = placed(withRole("div", "gridcell", "cell"), column);
  if (!row.cells[column]) {
    cell.append(element("span", "none", "–"));
    cell.setAttribute("aria-label", data.words.none);
    return { element: cell, button: null };
  }
  const button = makeButton(row.name, at + 1, column);
  cell.append(button);
  fillCell(data, button, at, column);
  const shown = row.cells[column];
  if (shown && "count" in shown && shown.count !== null) {
    cell.classList.add("editable");
    button.setAttribute("aria-keyshortcuts", "+ - F2");
    button.title = data.words.hintBlocks;
    cell.append(buildStepper(data, at, column));
  } else button.title = data.words.hint;
  return { element: cell, button };
}

/**
 * @param {HTMLElement} cell
 * @param {number} column
 */
function placed(cell, column) {
  cell.style.gridColumn = String(FIRST_NET + column);
  cell.dataset.column = String(column);
  return cell;
}

/**
 * @param {string} row its name; the headings' has none
 * @param {number} at from 0, the headings'
 * @param {number} column
 */
function makeButton(row, at, column) {
  const button = element("button");
  button.type = "button";
  button.tabIndex = -1;
  Object.assign(button.dataset, { row, at: String(at), column: String(column) });
  button.setAttribute("aria-pressed", "false");
  return button;
}

/**
 * Neighbours that say the same stand as one; each of their buttons is still there, under the words.
 *
 * @param {HTMLElement} made
 * @param {RowData} row
 * @param {HTMLElement[]} cells
 */
function joinCells(made, row, cells) {
  for (const [first, last] of row.joined) {
    const joined = element("span", "joined");
    joined.setAttribute("aria-hidden", "true");
    joined.style.gridColumn = `${FIRST_NET + first} / ${FIRST_NET + last + 1}`;
    const words = element("span", "words");
    const cell = row.cells[first];
    words.append(...(cell ? cellParts(cell) : []));
    joined.append(words);
    made.append(joined);
    for (let column = first; column <= last; column += 1) {
      cells[column].classList.add("part");
      cells[column].classList.toggle("inner", column > first);
    }
  }
}
