// The elements that change a number of blocks: one more, the number to type, one less.

import { element } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";

/** @import { TableData } from "../../payloads.d.ts" */

/**
 * @param {TableData} data
 * @param {number} at
 * @param {number} column
 */
export function buildStepper({ words, rows, columns }, at, column) {
  const made = element("span", "stepper");
  const label = sentence(words.blocks, { row: rows[at].title, column: columns[column].name });
  const number = element("input");
  Object.assign(number, { type: "text", inputMode: "numeric", maxLength: 12, tabIndex: -1, autocomplete: "off" });
  number.setAttribute("aria-label", label);
  made.append(step("+", words.more, 1), number, step("−", words.less, -1));
  Object.assign(made.dataset, { at: String(at), column: String(column) });
  return made;
}

/**
 * @param {string} sign
 * @param {string} name
 * @param {number} by
 */
function step(sign, name, by) {
  const button = element("button", "step", sign);
  Object.assign(button, { type: "button", tabIndex: -1, title: name });
  button.setAttribute("aria-label", name);
  button.dataset.by = String(by);
  return button;
}
