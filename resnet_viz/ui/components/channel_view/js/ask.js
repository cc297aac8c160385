// Asking for tiles. Python says which are to be shown; what is chosen in the drawing is asked for ahead of its word, and
// its word is then what was expected.

import { Signal } from "../../browser/events.js";
import { Expected } from "../../browser/expected.js";
import { atEnd } from "../../browser/life.js";

/**
 * The tiles of an address, or why there are none; nothing where nobody knows.
 *
 * @template Tiles
 * @typedef {{ tiles?: Tiles, trouble?: string }} Answer
 */

/** @template Tiles */
export class Asking {
  /** @type {Signal<[Tiles]>} */
  came = new Signal();
  /**
   * There is, or there is no more, an answer under way.
   *
   * @type {Signal<[boolean]>}
   */
  busy = new Signal();
  /**
   * What Python says is to be shown could not be had, and perhaps why; null: it was.
   *
   * @type {Signal<[string | null]>}
   */
  troubled = new Signal();
  #fetch;
  #on;
  #expected = new Expected();
  /**
   * What is shown or on its way.
   *
   * @type {string | null}
   */
  #asked = null;
  /** @type {AbortController | null} */
  #question = null;

  /**
   * @param {(address: string, signal: AbortSignal) => Promise<Answer<Tiles>>} fetch
   * @param {AbortSignal} on
   */
  constructor(fetch, on) {
    this.#fetch = fetch;
    this.#on = on;
    atEnd(on, () => this.#question?.abort());
  }

  /**
   * Another node, the rest as it is. Should it be refused, Python tells why.
   *
   * @param {string | null} node
   */
  askAhead(node) {
    const asked = new URLSearchParams(this.#asked ?? this.#expected.said ?? "");
    asked.set("node", node ?? "");
    const address = asked.toString();
    if (address === this.#asked) return;
    this.#expected.add(address);
    this.#ask(address);
  }

  /**
   * Python's word.
   *
   * @param {string} word
   */
  take(word) {
    const address = new URLSearchParams(word).toString();
    if (this.#expected.takes(address) && address !== this.#asked) this.#ask(address);
  }

  /**
   * Only the answer to the last question counts.
   *
   * @param {string} address
   */
  async #ask(address) {
    this.#question?.abort();
    const question = new AbortController();
    this.#question = question;
    this.#asked = address;
    this.busy.tell(true);
    const { tiles, trouble } = await this.#fetch(address, question.signal);
    if (this.#question !== question || this.#on.aborted) return;
    this.busy.tell(false);
    if (tiles) this.came.tell(tiles);
    else this.#asked = null; // The next word is to try again.
    this.troubled.tell(tiles || address !== this.#expected.said ? null : (trouble ?? ""));
  }
}
