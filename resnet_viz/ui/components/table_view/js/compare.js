// What differs between a table and the one in whose place it comes.

/** @import { RowData, TableData } from "../../payloads.d.ts" */

/**
 * A cell by the index of its row and of its column.
 *
 * @typedef {{ at: number, column: number }} Place
 */

/**
 * @param {TableData} before
 * @param {TableData} data
 */
export function isSameTable(before, data) {
  return isSame(bodyOf(before), bodyOf(data));
}

/** @param {TableData} data */
function bodyOf({ columns, rows, words }) {
  return [columns, rows, words];
}

/**
 * Have both the same elements, so that only the words in cells differ?
 *
 * @param {TableData} before
 * @param {TableData} data
 */
export function isSameForm(before, data) {
  return isSame(formOf(before), formOf(data));
}

/** @param {TableData} data */
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
  return [columns, form, words];
}

/**
 * Of tables of the same form, the cells that say something else.
 *
 * @param {TableData} before
 * @param {TableData} data
 */
export function changedCells(before, data) {
  return cellsThat(data, (row, column, at) => !isSame(row.cells[column], before.rows[at].cells[column]));
}

/**
 * Of tables with as many columns in one language, the cells that say something else than in the row of this name before;
 * not those that are there only now.
 *
 * @param {TableData} before
 * @param {TableData} data
 */
export function shiningCells(before, data) {
  if (before.words.language !== data.words.language || before.columns.length !== data.columns.length) return [];
  const old = new Map(before.rows.map((row) => [row.name, row]));
  return cellsThat(data, (row, column) => {
    const was = old.get(row.name)?.cells[column];
    return Boolean(was) && !isSame(row.cells[column], was);
  });
}

/**
 * @param {TableData} data
 * @param {(row: RowData, column: number, at: number) => boolean} isWanted
 */
function cellsThat({ rows }, isWanted) {
  /** @type {Place[]} */
  const found = [];
  rows.forEach((row, at) => {
    row.cells.forEach((cell, column) => {
      if (cell && isWanted(row, column, at)) found.push({ at, column });
    });
  });
  return found;
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
