// In which order the boxes of a drawing stand.

import { middleOf } from "./boxes.js";

/** @import { Box } from "./boxes.js" */
/** @typedef {{ id: string, box: Box }} Placed */

/**
 * From left to right in a strip, from top to bottom in a tall drawing; side by side, the other way decides.
 *
 * @param {boolean} isStrip
 * @returns {(one: Placed, other: Placed) => number}
 */
export function alongNet(isStrip) {
  /** @type {("x" | "y")[]} */
  const [along, across] = isStrip ? ["x", "y"] : ["y", "x"];
  return (one, other) => {
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
