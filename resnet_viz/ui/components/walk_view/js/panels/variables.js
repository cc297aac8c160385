// The variables at a step: now, and after its line where it changes them.

import { element, scrollable, section } from "../../../browser/element.js";
import { scrollToRow } from "./sight.js";

/** @import { ValueRow, WalkWords } from "../../../payloads.d.ts" */
/** @import { Walk } from "../record/walk.js" */
/** @import { Sight } from "./sight.js" */

/**
 * Plain names first, then attributes, numbers before objects.
 *
 * @param {Map<string, ValueRow>} now
 * @param {Map<string, ValueRow | null>} changed
 */
export function namesInOrder(now, changed) {
  const rank = (/** @type {string} */ name) =>
    name === "self" ? 3 : !name.includes(".") ? 0 : now.get(name)?.[1] === "number" ? 1 : 2;
  return [...new Set([...now.keys(), ...changed.keys()])].sort((one, other) => rank(one) - rank(other));
}

/**
 * A value as it is shown; a tensor with the op it comes from.
 *
 * @param {ValueRow | null | undefined} value
 */
export function valueWords(value) {
  const shown = element("code", `value ${value?.[1] ?? "absent"}`, value ? value[0] : "—");
  if (value?.[1] === "tensor" && value[2]) shown.append(element("span", "from", ` · ${value[2]}`));
  return shown;
}

/** @param {string} words */
function emptyRow(words) {
  const row = element("tr");
  row.append(element("td", "none-yet", words));
  return row;
}

export class Variables {
  part;
  #words;
  #sight;
  #table = element("table");
  #scroll;

  /**
   * @param {WalkWords} words
   * @param {Sight} sight
   */
  constructor(words, sight) {
    this.#words = words;
    this.#sight = sight;
    this.part = section(words.variables, "variables");
    this.#scroll = scrollable(element("div", "scroll"), words.variables);
    this.#scroll.append(this.#table);
    this.part.append(this.#scroll);
  }

  /** Of a net that runs no such line. */
  showNone() {
    this.#table.replaceChildren(emptyRow("—"));
  }

  /**
   * Of the step itself, or of a statement further out, which is under way: what it will change is not there yet.
   *
   * @param {Walk} walk
   * @param {number} at
   * @param {boolean} isFrame
   */
  show(walk, at, isFrame) {
    const now = walk.replay.at(at);
    const changed = new Map(isFrame ? [] : walk.replay.changesOf(at));
    const isEntry = walk.isCall(at);
    const rows = namesInOrder(now, changed).map((name) => this.#row(name, now.get(name), changed, isEntry));
    if (!rows.length) rows.push(emptyRow(this.#words.noVariables));
    this.#table.replaceChildren(...rows);
    const first = isEntry ? undefined : rows.find((row) => row.className === "changed");
    this.#sight.later(() => {
      if (first) scrollToRow(this.#scroll, first);
      else this.#scroll.scrollTop = 0;
    });
  }

  /**
   * @param {string} name
   * @param {ValueRow | undefined} value
   * @param {Map<string, ValueRow | null>} changed
   * @param {boolean} isEntry
   */
  #row(name, value, changed, isEntry) {
    const after = changed.get(name);
    const isChanged = after !== undefined;
    const row = element("tr", isChanged ? "changed" : "");
    const title = element("th");
    title.scope = "row";
    title.append(element("span", "sign", isChanged ? "●" : ""), element("code", "", name));
    const cell = element("td");
    cell.append(valueWords(value));
    if (isChanged && !isEntry) cell.append(element("span", "arrow", " → "), this.#after(after));
    if (isChanged) row.title = isEntry ? this.#words.passed : this.#words.changed;
    row.append(title, cell);
    return row;
  }

  /** @param {ValueRow | null} value */
  #after(value) {
    return value === null ? element("em", "", this.#words.gone) : valueWords(value);
  }
}
