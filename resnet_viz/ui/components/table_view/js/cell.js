// What stands in a cell: its words, from above, and its name for a screen reader.

import { element } from "../../browser/element.js";
import { cellName } from "./spoken.js";

/** @import { BracketData, HiddenCell, ShownCell, TableData } from "../../payloads.d.ts" */

/**
 * @param {TableData} data
 * @param {HTMLButtonElement} button
 * @param {number} at
 * @param {number} column
 */
export function fillCell(data, button, at, column) {
  const row = data.rows[at];
  const cell = row.cells[column];
  const isJoined = row.joined.some(([first, last]) => column >= first && column <= last);
  button.replaceChildren(...(isJoined || !cell ? [] : cellParts(cell)));
  button.classList.toggle("hidden-cell", cell !== null && "isHidden" in cell);
  button.setAttribute("aria-label", cellName(data, row, column));
}

/**
 * Size where nets differ, lines, brackets side by side, what is printed.
 *
 * @param {HiddenCell | ShownCell} cell
 */
export function cellParts(cell) {
  if ("isHidden" in cell) return [element("span", "question", "?")];
  const parts = [];
  if (cell.size) parts.push(element("span", "own-size", cell.size));
  for (const line of cell.lines) parts.push(element("span", "line", line));
  if (cell.brackets.length) parts.push(bracketsPart(cell.brackets));
  if (cell.printed) parts.push(element("span", "printed", cell.printed));
  return parts;
}

/** @param {BracketData[]} brackets */
function bracketsPart(brackets) {
  const made = element("span", "brackets");
  brackets.forEach((bracket, at) => {
    if (at) made.append(element("span", "plus", "+"));
    made.append(bracketPart(bracket));
  });
  return made;
}

/** @param {BracketData} bracket */
function bracketPart({ layers, count }) {
  const made = element("span", "times");
  const bracket = element("span", "bracket");
  bracket.append(...layers.map((layer) => element("span", "layer", layer)));
  made.append(bracket, element("span", "count", `× ${count}`));
  return made;
}
