// How far the parts of a net have come along its code walk: what is made (or has run), and what is not there yet.

import { blocksOf, readRun } from "./kin.js";

/** @import { Growth } from "../../../browser/registry.js" */

/**
 * `share`: 0 for what is not there, 1 for what is; of a run also how many of its blocks are.
 *
 * @typedef {{ share: number, run?: { done: number, total: number } }} GrowthState
 */

/**
 * Of a run so many of all blocks; of anything else nothing, a half or all. What no step makes is always there.
 *
 * @param {Growth} growth
 * @param {string} id
 * @returns {GrowthState}
 */
export function growthState({ at, step }, id) {
  const [run, own] = [readRun(id), Object.hasOwn(at, id) ? at[id] : null];
  if (run && !own) {
    const blocks = blocksOf(run).map((block) => at[block]);
    const done = blocks.filter((block) => block && block[1] <= step).length;
    const isBegun = blocks.some((block) => block && block[0] <= step);
    const share = done === blocks.length ? 1 : isBegun ? Math.max(done, 0.5) / blocks.length : 0;
    return { share, run: { done, total: blocks.length } };
  }
  if (!own) return { share: 1 };
  return { share: own[1] <= step ? 1 : own[0] <= step ? 0.5 : 0 };
}
