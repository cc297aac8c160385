// What is asked the other way round: of a node, which statement made it; of a line, all that it did.

import { Signal } from "../../../browser/events.js";

/** @typedef {{ node: string } | { file: string, line: number }} Asked */

export class Question {
  /** @type {Signal<[]>} */
  changed = new Signal();
  /** @type {Asked | null} */
  #asked = null;

  get asked() {
    return this.#asked;
  }

  get isOfNode() {
    return this.#asked !== null && "node" in this.#asked;
  }

  /** @param {Asked} asked */
  ask(asked) {
    this.#asked = asked;
    this.changed.tell();
  }

  close() {
    this.#asked = null;
    this.changed.tell();
  }
}
