// The drawing's words in the reader's language, and what a screen reader reads out.

import { announce, makeLive, sentence } from "../../../browser/words.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Picture } from "../picture/picture.js" */

export class Voice {
  live = makeLive();
  #words;

  /** @param {GraphWords} words */
  constructor(words) {
    this.#words = words;
  }

  get words() {
    return this.#words;
  }

  /** @param {GraphWords} words */
  takeWords(words) {
    this.#words = words;
  }

  /** What was said last was said in another language. */
  fallSilent() {
    this.live.textContent = "";
  }

  /**
   * @param {string} template
   * @param {Record<string, string | number>} values
   */
  say(template, values = {}) {
    announce(this, sentence(template, values));
  }

  /**
   * What a node is called.
   *
   * @param {Picture} picture
   * @param {string} id
   */
  nameOf(picture, id) {
    return picture.nameOf(id, this.#words.network);
  }
}
