// In which order the boxes of a drawing stand.

import { middleOf } from "./boxes.js";

/** @import { Box } from "./boxes.js" */
/** @typedef {{ id: string, box: Box, row?: number }} Placed */

/**
 * Tells boxes and frames in which row they stand: nothing stands between two rows.
 *
 * @param {Placed[]} things
 * @param {{ box: Box }[]} others what else takes room
 */
export function numberRows(things, others) {
  const ends = [...things, ...others].map(({ box }) => ({ top: box.y, bottom: box.y + box.height }));
  ends.sort((one, other) => one.top - other.top);
  /** @type {number[]} */
  const bottoms = [];
  for (const { top, bottom } of ends) {
    const last = bottoms.at(-1);
    if (last === undefined || top > last) bottoms.push(bottom);
    else bottoms[bottoms.length - 1] = Math.max(last, bottom);
  }
  for (const thing of things) thing.row = bottoms.findIndex((bottom) => thing.box.y <= bottom);
}

/**
 * From left to right in a strip, row by row; from top to bottom in a tall drawing. Side by side, the other way decides.
 *
 * @param {boolean} isStrip
 * @returns {(one: Placed, other: Placed) => number}
 */
export function alongNet(isStrip) {
  /** @type {("x" | "y")[]} */
  const [along, across] = isStrip ? ["x", "y"] : ["y", "x"];
  return (one, other) => {
    const rows = isStrip ? (one.row ?? 0) - (other.row ?? 0) : 0;
    if (rows !== 0) return rows;
    const [a, b] = [middleOf(one.box), middleOf(other.box)];
    return Math.abs(a[along] - b[along]) > 1 ? a[along] - b[along] : a[across] - b[across];
  };
}

/**
 * One net after the other, each along itself.
 *
 * @param {boolean} isStrip
 * @returns {(one: Placed, other: Placed) => number}
 */
export function netAfterNet(isStrip) {
  const along = alongNet(isStrip);
  return (one, other) => {
    const [a, b] = [netOf(one.id), netOf(other.id)];
    return a === b ? along(one, other) : a < b ? -1 : 1;
  };
}

/**
 * The letter of a net and what follows it: ids in a drawing of several nets begin with it. Empty where there is one net.
 *
 * @param {string} id
 */
export function netOf(id) {
  return /^[A-D]\//.exec(id)?.[0] ?? "";
}
