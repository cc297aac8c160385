// The table of all calls of `_make_layer`; a row leads to where it asked about its shortcut.

import { element, pushButton, scrollable } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";

/** @import { CallRow, CallTable, CellLine, WalkWords } from "../../../payloads.d.ts" */
/** @import { Steps } from "../playing/steps.js" */

export class Calls {
  part = element("details", "stages");
  #scroll;
  #words;
  #steps;
  #on;

  /**
   * @param {WalkWords} words
   * @param {Steps} steps
   * @param {AbortSignal} on
   */
  constructor(words, steps, on) {
    this.#words = words;
    this.#steps = steps;
    this.#on = on;
    this.#scroll = scrollable(element("div", "scroll"), words.stages);
    this.part.open = true;
    this.part.append(element("summary", "", words.stages), this.#scroll);
  }

  /** @param {CallTable} table */
  show({ title, head, rows }) {
    const table = element("table");
    table.setAttribute("aria-label", title);
    const top = element("tr");
    for (const name of head) top.append(headCell(name));
    const [thead, tbody] = [element("thead"), element("tbody")];
    thead.append(top);
    tbody.append(...rows.map((row) => this.#row(row)));
    table.append(thead, tbody);
    this.#scroll.replaceChildren(table);
  }

  /** @param {CallRow} call */
  #row({ asked, cells }) {
    const row = element("tr");
    // The table is of the build.
    const jump = () => this.#steps.jump("build", asked);
    row.addEventListener("click", jump, { signal: this.#on });
    const [first, ...others] = cells;
    row.append(this.#link(first[0]?.[0] ?? "", jump), ...others.map(callCell));
    return row;
  }

  /**
   * @param {string} stage
   * @param {() => void} jump
   */
  #link(stage, jump) {
    const cell = element("th");
    cell.scope = "row";
    const act = (/** @type {MouseEvent} */ event) => {
      event.stopPropagation();
      jump();
    };
    cell.append(pushButton(stage, sentence(this.#words.toCall, { part: stage }), act, this.#on));
    return cell;
  }
}

/** @param {string} name */
function headCell(name) {
  const cell = element("th", "", name);
  cell.scope = "col";
  return cell;
}

/** @param {CellLine[]} lines */
function callCell(lines) {
  const cell = element("td");
  for (const [words, isCode, after] of lines) {
    const line = element("div");
    line.append(isCode ? element("code", "", words) : words, after);
    cell.append(line);
  }
  return cell;
}
