// What of the input a cell can see, as computed from the layers, not measured.

import { clamp } from "../../../browser/numbers.js";
import { sentence } from "../../../browser/words.js";

/** @import { AxisField, FieldLooks } from "../../../payloads.d.ts" */
/** @import { Page } from "./unpack.js" */

/**
 * First and last pixel, both included, down and across; they may lie beyond the edges.
 *
 * @typedef {{ down: { lo: number, hi: number }, across: { lo: number, hi: number } }} Seen
 */

/**
 * What a cell's positions see, along one axis.
 *
 * @param {AxisField} field
 * @param {number} cell
 * @param {number} reducedBy
 */
function seenBy({ lo, hi, jump }, cell, reducedBy) {
  if (jump === null) return { lo, hi };
  return { lo: lo + cell * reducedBy * jump, hi: hi + ((cell + 1) * reducedBy - 1) * jump };
}

/**
 * @param {FieldLooks} looks
 * @param {number} reducedBy
 * @param {{ row: number, column: number }} cell
 * @returns {Seen}
 */
export function seenOf({ field }, reducedBy, { row, column }) {
  return { down: seenBy(field[0], row, reducedBy), across: seenBy(field[1], column, reducedBy) };
}

/**
 * The part of it that lies in the input: left, top, right and bottom, the last two beyond it; empty where they meet.
 *
 * @param {FieldLooks} looks
 * @param {Seen} seen
 */
export function boxOf({ input: [height, width] }, { down, across }) {
  return {
    left: clamp(across.lo, 0, width),
    top: clamp(down.lo, 0, height),
    right: clamp(across.hi + 1, 0, width),
    bottom: clamp(down.hi + 1, 0, height),
  };
}

/**
 * @param {Page} page
 * @param {FieldLooks} looks
 * @param {Seen} seen
 */
export function seenText({ words }, looks, seen) {
  const { left, top, right, bottom } = boxOf(looks, seen);
  const sizes = {
    height: seen.down.hi - seen.down.lo + 1,
    width: seen.across.hi - seen.across.lo + 1,
    seenHeight: Math.max(0, bottom - top),
    seenWidth: Math.max(0, right - left),
  };
  const isWhole = sizes.height === sizes.seenHeight && sizes.width === sizes.seenWidth;
  const number = new Intl.NumberFormat(words.language);
  const values = Object.fromEntries(Object.entries(sizes).map(([key, size]) => [key, number.format(size)]));
  const said = [sentence(isWhole ? words.fieldWhole : words.fieldClipped, values)];
  if (looks.isGlobal) said.push(words.fieldGlobal);
  return said.join(". ");
}
