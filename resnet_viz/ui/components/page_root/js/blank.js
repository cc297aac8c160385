// A black screen, over everything, until any key or a click.

import { element, handled } from "../../browser/element.js";
import { atEnd } from "../../browser/life.js";

export class Blank {
  #sheet = element("div");

  /** @param {AbortSignal} on */
  constructor(on) {
    this.#sheet.id = "projector-blank";
    const wake = (/** @type {Event} */ event) => {
      if (!this.#sheet.isConnected) return;
      handled(event);
      this.#sheet.remove();
    };
    // Before anything else hears of it: a key that brings the page back does nothing more.
    for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, wake, { capture: true, signal: on });
    atEnd(on, () => this.#sheet.remove());
  }

  show() {
    document.body.append(this.#sheet);
  }
}
