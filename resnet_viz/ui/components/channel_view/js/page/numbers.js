// Numbers to read: values in four figures, read from their level and so about right.

import { sentence } from "../../../browser/words.js";
import { levelAt } from "./unpack.js";

/** @import { Cell, Page } from "./unpack.js" */

/**
 * @param {number | null} value
 * @param {string} language
 */
export function numberText(value, language) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const notation = size !== 0 && (size < 1e-3 || size >= 1e6) ? "scientific" : "standard";
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 4, notation, useGrouping: false }).format(value);
}

/**
 * @param {number | null} share
 * @param {string} language
 */
function shareText(share, language) {
  if (share === null) return "–";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/**
 * "≈ 0.53"; at the end of a scale that leaves values out, "≥ 0.53" or "≤ 0.53".
 *
 * @param {Page} page
 * @param {Cell} cell
 */
export function valueText(page, cell) {
  const { top, empty, words, isClipped } = page;
  const level = levelAt(page, cell);
  if (level === empty) return words.noValue;
  const [low, high] = [page.low[cell.place], page.high[cell.place]];
  const { min: least, max: most } = page.figures[cell.place];
  const value = low < high ? low + (level / top) * (high - low) : least;
  const isAbove = isClipped && level === top && most !== null && most > high;
  const isBelow = isClipped && level === 0 && least !== null && least < low;
  const sign = isAbove ? "≥" : isBelow ? "≤" : low < high ? "≈" : "=";
  return `${sign} ${numberText(value, words.language)}`;
}

/**
 * The values beside a scale, from the highest to the lowest; none where all values are one.
 *
 * @param {Page} page
 * @param {number} place
 * @param {number} count
 */
export function tickValues({ low: lows, high: highs }, place, count) {
  const [low, high] = [lows[place], highs[place]];
  if (low >= high) return [];
  const values = Array.from({ length: count }, (_, i) => high - (i / (count - 1)) * (high - low));
  return values.map((value) => (Math.abs(value) < (high - low) * 1e-9 ? 0 : value));
}

/**
 * A channel's statistics, each with its name.
 *
 * @param {Page} page
 * @param {number} place
 * @returns {[string, string][]}
 */
export function figureTexts({ words, figures, height, width }, place) {
  const { mean, min, max, variance, zeros, norm, n_bad: bad, argmax } = figures[place];
  const number = (/** @type {number | null} */ value) => numberText(value, words.language);
  const names = words.figures;
  /** @type {[string, string][]} */
  const rows = [
    [names.mean, number(mean)],
    [names.min, number(min)],
    [names.max, number(max)],
  ];
  // Of one cell it goes without saying.
  if (argmax && height * width > 1) {
    rows.push([names.at, sentence(words.cell, { row: argmax[0], column: argmax[1] })]);
  }
  rows.push([names.deviation, number(variance === null ? null : Math.sqrt(variance))]);
  rows.push([names.zeros, shareText(zeros, words.language)], [names.norm, number(norm)]);
  if (bad) rows.push([names.bad, number(bad)]);
  return rows;
}
