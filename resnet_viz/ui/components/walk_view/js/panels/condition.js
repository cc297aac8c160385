// A condition with its values: each part, what came of it, and which part was not looked at.

import { element } from "../../../browser/element.js";
import { answerWords, partsOf } from "../record/conditions.js";

/** @import { ConditionRow, WalkWords } from "../../../payloads.d.ts" */

/** @param {ConditionRow} condition */
function answerClass([, , value, isLookedAt]) {
  return isLookedAt ? (value ? "true" : "false") : "unseen";
}

/**
 * @param {WalkWords} words
 * @param {ConditionRow} part
 */
function answerText(words, part) {
  return `${part[3] ? "→ " : ""}${answerWords(words, part)}`;
}

/**
 * Beside the line itself.
 *
 * @param {WalkWords} words
 * @param {ConditionRow} condition
 */
export function inlineAnswers(words, condition) {
  return partsOf(condition).map((part) => {
    const shown = element("span", `answer ${answerClass(part)}`);
    shown.append(element("code", "", part[1]), ` ${answerText(words, part)}`);
    return shown;
  });
}

/**
 * In the panel: the parts below each other, and what all of it comes to.
 *
 * @param {WalkWords} words
 * @param {ConditionRow} condition
 */
export function makeCondition(words, condition) {
  const box = element("div", "condition");
  const parts = partsOf(condition);
  const list = element("ul");
  for (const part of parts) {
    const row = element("li", answerClass(part));
    row.append(element("code", "source", part[0]), element("code", "values", part[1]));
    row.append(element("strong", "", answerText(words, part)));
    list.append(row);
  }
  box.append(list);
  if (parts.length > 1) {
    const whole = element("p", `whole ${answerClass(condition)}`, words.together);
    whole.append(" ", element("strong", "", `→ ${answerWords(words, condition)}`));
    box.append(whole);
  }
  return box;
}
