// By pointer: the column under it is marked, as its row marks itself; a click chooses.

import { targetOf } from "../../browser/element.js";

/** @import { Body } from "./body.js" */
/** @import { Lit } from "./lit.js" */

export class Pointer {
  #body;
  /** @type {string | null} */
  #column = null;

  /**
   * @param {Body} body
   * @param {Lit} lit
   * @param {AbortSignal} on
   */
  constructor(body, lit, on) {
    this.#body = body;
    const over = (/** @type {Event} */ event) => this.#mark(columnOf(event));
    const click = (/** @type {Event} */ event) => {
      const button = targetOf(event)?.closest("button");
      if (button?.dataset.at !== undefined) lit.choose(button);
    };
    body.frame.addEventListener("pointerover", over, { signal: on });
    body.frame.addEventListener("pointerleave", () => this.#mark(null), { signal: on });
    body.frame.addEventListener("click", click, { signal: on });
  }

  /** The table was built again, and nothing of it is marked. */
  forget() {
    this.#column = null;
  }

  /** @param {string | null} column */
  #mark(column) {
    if (this.#column === column) return;
    this.#column = column;
    for (const cell of this.#body.grid.querySelectorAll(":scope > .row > [data-column]")) {
      cell.classList.toggle("at-column", cell.getAttribute("data-column") === column);
    }
  }
}

/** @param {Event} event */
function columnOf(event) {
  return targetOf(event)?.closest("[data-column]")?.getAttribute("data-column") ?? null;
}
