// A step as a screen reader hears it.

import { answerWords, partsOf } from "../record/conditions.js";

/** @import { AnswerWords } from "../record/conditions.js" */
/** @import { Walk } from "../record/walk.js" */

/**
 * @param {AnswerWords} words
 * @param {Walk} walk
 * @param {number} at
 */
export function spokenStep(words, walk, at) {
  const condition = walk.conditionOf(at);
  const parts = condition ? partsOf(condition) : [];
  const answers = parts.map((part) => `${part[1]} ${answerWords(words, part)}`);
  return [walk.where(at), walk.headOf(at), ...answers, ...walk.steps.node_ids[at]].join(", ");
}
