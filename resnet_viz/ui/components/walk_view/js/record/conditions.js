// A condition with its values: its parts, and what came of each.

/** @import { ConditionRow, WalkWords } from "../../../payloads.d.ts" */

/** @typedef {Pick<WalkWords, "notLookedAt" | "notKnown">} AnswerWords */

/**
 * The operands of an `and` or an `or`; of anything else the condition itself.
 *
 * @param {ConditionRow} condition
 */
export function partsOf(condition) {
  return condition[4].length > 1 ? condition[4] : [condition];
}

/**
 * @param {AnswerWords} words
 * @param {ConditionRow} condition
 */
export function answerWords(words, [, , value, isLookedAt]) {
  if (!isLookedAt) return words.notLookedAt;
  return value === null ? words.notKnown : value ? "True" : "False";
}
