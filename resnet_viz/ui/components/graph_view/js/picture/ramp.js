// The colour of an amount between nothing and the most.

import { clamp } from "../../../browser/numbers.js";

/**
 * @param {string[]} ramp colours from nothing to the most, as #rrggbb
 * @param {number} share
 */
export function rampColour(ramp, share) {
  const at = clamp(share, 0, 1) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  const [from, to] = [partsOf(ramp[low]), partsOf(ramp[low + 1])];
  return `rgb(${from.map((value, i) => Math.round(value + (to[i] - value) * (at - low))).join(", ")})`;
}

/** @param {string} colour */
function partsOf(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}
