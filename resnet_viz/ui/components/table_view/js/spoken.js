// What a screen reader says of a cell.

import { sentence } from "../../browser/words.js";

/** @import { RowData, ShownCell, TableData, TableWords } from "../../payloads.d.ts" */

/**
 * @param {TableData} data
 * @param {RowData} row
 * @param {number} column
 */
export function cellName({ words, columns }, row, column) {
  const cell = row.cells[column];
  if (!cell) return words.none;
  const what = "isHidden" in cell ? words.hidden : spokenParts(words, cell).join("; ");
  return sentence(words.cell, { row: row.title, column: columns[column].name, what });
}

/**
 * @param {TableWords} words
 * @param {ShownCell} cell
 */
function spokenParts(words, cell) {
  const brackets = cell.brackets.flatMap(({ layers, count }, at) => [
    ...(at ? [words.plus] : []),
    ...layers,
    sentence(words.times, { n: count }),
  ]);
  return [cell.size, ...cell.lines, ...brackets, cell.printed].filter(Boolean);
}
