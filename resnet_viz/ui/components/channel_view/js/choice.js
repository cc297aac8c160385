// Which channel is shown large: chosen here, or in the page's address. Python has the last word.

import { Signal } from "../../browser/events.js";
import { Turns } from "../../browser/turns.js";

/** @typedef {{ channel: number | null, turn: number }} ChannelMessage */

export class Choice {
  /** @type {Signal<[]>} */
  changed = new Signal();
  /**
   * Chosen by hand, or none any more.
   *
   * @type {Signal<[number | null]>}
   */
  made = new Signal();
  #turns = new Turns();
  #send;
  #chosen;
  /** What Python said last. Whoever keeps no address says the same for ever, and leaves the choice to the browser. */
  #said;

  /**
   * @param {number | null} chosen
   * @param {(message: ChannelMessage) => void} send
   */
  constructor(chosen, send) {
    this.#chosen = chosen;
    this.#said = chosen;
    this.#send = send;
  }

  get chosen() {
    return this.#chosen;
  }

  /** @param {{ chosen: number | null, turn: number }} word */
  take({ chosen, turn }) {
    if (!this.#turns.counts({ turn }) || chosen === this.#said) return;
    this.#said = chosen;
    this.#set(chosen);
  }

  /**
   * By hand; null closes what is large. Python is told once for each change.
   *
   * @param {number | null} channel
   */
  choose(channel) {
    if (!this.#set(channel)) return;
    this.made.tell(channel);
    this.#send({ channel, turn: this.#turns.next() });
  }

  /** @param {number | null} channel */
  #set(channel) {
    if (channel === this.#chosen) return false;
    this.#chosen = channel;
    this.changed.tell();
    return true;
  }
}
