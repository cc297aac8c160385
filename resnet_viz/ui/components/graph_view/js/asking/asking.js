// Asking for drawings. Python says which one is to be shown; what is done here is shown ahead of its word, and its
// word is then what was expected. Each question waits for the answer to the one before, for it may build on it.

import { Signal } from "../../../browser/events.js";
import { Expected } from "../../../browser/expected.js";

/** @import { Shown } from "../picture/shown.js" */
/** @import { Bringing } from "./bringing.js" */
/** @import { Busy } from "./busy.js" */
/** @import { Ready } from "./ready.js" */
/** @import { Change, Server } from "./server.js" */

/**
 * The address of the drawing that is shown or on its way; null before there is any.
 *
 * @typedef {string | null} Now
 */

export class Asking {
  /**
   * A drawing that Python says is to be shown is not to be had.
   *
   * @type {Signal<[]>}
   */
  failed = new Signal();
  #shown;
  #server;
  #ready;
  #bringing;
  #busy;
  #on;
  #expected = new Expected();
  /** @type {Promise<Now>} */
  #target = Promise.resolve(null);

  /**
   * @param {{ shown: Shown, server: Server, ready: Ready, bringing: Bringing, busy: Busy }} parts
   * @param {AbortSignal} on
   */
  constructor({ shown, server, ready, bringing, busy }, on) {
    this.#shown = shown;
    this.#server = server;
    this.#ready = ready;
    this.#bringing = bringing;
    this.#busy = busy;
    this.#on = on;
  }

  /**
   * Something was done that changes the drawing: show what comes of it, and then go on.
   *
   * @param {Change} change
   * @param {() => void} goOn
   */
  askAhead(change, goOn = () => {}) {
    this.#askNext(async (now) => {
      // Nothing may be shown yet that could be changed; what is refused, Python tells.
      const draft = now === null ? null : await this.#after(now, change);
      if (draft === null || draft.address === now) {
        goOn();
        return now;
      }
      this.#expected.add(draft.address);
      this.#bringing.bring(draft, goOn);
      return draft.address;
    });
  }

  /**
   * Python says which drawing is to be shown. What was expected is there already, or on its way.
   *
   * @param {string} address
   */
  takeAddress(address) {
    if (!this.#expected.takes(address)) return;
    this.#askNext(async (now) => {
      if (now === address || address !== this.#expected.said) return now;
      const draft = this.#ready.find(address) ?? (await this.#server.fetch(address));
      if (draft === null) {
        this.#expected.forget();
        this.failed.tell();
        return now;
      }
      this.#bringing.bring(draft);
      return address;
    });
  }

  /** The same drawing, as the server says it now. */
  askAgain() {
    this.#askNext(async (now) => {
      const draft = now === null ? null : await this.#server.fetch(now);
      if (draft) this.#bringing.bring(draft);
      return now;
    });
  }

  /** @param {(now: Now) => Promise<Now>} ask */
  #askNext(ask) {
    this.#busy.begin();
    this.#target = this.#target.then(async (now) => {
      try {
        return this.#on.aborted ? now : await ask(now);
      } finally {
        this.#busy.end();
      }
    });
  }

  /**
   * What comes of a drawing by a change. Of a whole net at a level the address is known without asking.
   *
   * @param {string} now
   * @param {Change} change
   */
  async #after(now, change) {
    const { address, levels } = this.#shown.picture;
    const level = change.do === "level" && now === address ? levels[change.what] : undefined;
    if (level) return this.#ready.find(level.address) ?? (await this.#server.fetch(level.address));
    return await this.#server.fetch(now, change);
  }
}
