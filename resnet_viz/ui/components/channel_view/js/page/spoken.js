// What is said of cells and channels, beside the pointer and to a screen reader.

import { sentence } from "../../../browser/words.js";
import { numberText, valueText } from "./numbers.js";

/** @import { Cell, Page } from "./unpack.js" */

/**
 * A cell line by line: its channel and value, its place, and how many it stands for.
 *
 * @param {Page} page
 * @param {Cell} cell
 */
export function cellLines(page, cell) {
  const { words } = page;
  const channel = sentence(words.channel, { n: page.channels[cell.place] });
  const lines = [`${channel}: ${valueText(page, cell)}`];
  if (page.height * page.width > 1) lines.push(placeText(page, cell));
  if (page.reducedBy > 1) lines.push(sentence(words.meanOf, { n: page.reducedBy }));
  return lines;
}

/**
 * @param {Page} page
 * @param {Cell} cell
 */
function placeText({ reducedBy: n, words }, { row, column }) {
  if (n === 1) return sentence(words.cell, { row, column });
  const last = { lastRow: (row + 1) * n - 1, lastColumn: (column + 1) * n - 1 };
  return sentence(words.cells, { row: row * n, column: column * n, ...last });
}

/**
 * @param {Page} page
 * @param {number} place
 */
export function channelName(page, place) {
  const { words } = page;
  const { mean, min: low, max: high } = page.figures[place];
  // Of one cell it goes without saying.
  const isDead = low !== null && low === high && page.height * page.width > 1;
  return sentence(isDead ? words.dead : words.option, {
    n: page.channels[place],
    mean: numberText(mean, words.language),
    low: numberText(low, words.language),
    high: numberText(high, words.language),
  });
}
