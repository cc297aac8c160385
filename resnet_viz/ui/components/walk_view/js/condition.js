// A condition with its values: each part, what came of it, and which part was not looked at.

import { element } from "../../browser/element.js";

export function answerWords(view, [, , value, isLookedAt]) {
  const { words } = view.data;
  if (!isLookedAt) return words.notLookedAt;
  return value === null ? words.notKnown : value ? "True" : "False";
}

export function partsOf(condition) {
  return condition[4].length > 1 ? condition[4] : [condition];
}

export function conditionOf(walk, at) {
  const place = walk.steps.condition[at];
  return place === null ? null : walk.conditions[place];
}

function answerClass([, , value, isLookedAt]) {
  return isLookedAt ? (value ? "true" : "false") : "unseen";
}

// Beside the line itself.
export function inlineAnswers(view, walk, at) {
  const condition = conditionOf(walk, at);
  if (!condition) return [];
  return partsOf(condition).map((part) => {
    const shown = element("span", `answer ${answerClass(part)}`);
    shown.append(element("code", "", part[1]), ` ${part[3] ? "→ " : ""}${answerWords(view, part)}`);
    return shown;
  });
}

// In the panel: the parts below each other, and what all of it comes to.
export function makeCondition(view, condition) {
  const box = element("div", "condition");
  const parts = partsOf(condition);
  const list = element("ul");
  for (const part of parts) {
    const row = element("li", answerClass(part));
    row.append(element("code", "source", part[0]), element("code", "values", part[1]));
    row.append(element("strong", "", `${part[3] ? "→ " : ""}${answerWords(view, part)}`));
    list.append(row);
  }
  box.append(list);
  if (parts.length > 1) {
    const whole = element("p", `whole ${answerClass(condition)}`, view.data.words.together);
    whole.append(" ", element("strong", "", `→ ${answerWords(view, condition)}`));
    box.append(whole);
  }
  return box;
}
