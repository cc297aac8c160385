// The step that somebody rests on is told to Python, and no other: whoever hurries on is not followed.

import { atEnd } from "../../../browser/life.js";

/** @import { RestMessage } from "../../../payloads.d.ts" */
/** @import { Turns } from "../../../browser/turns.js" */
/** @import { Position } from "../playing/position.js" */

const REST_MS = 450;

export class Rest {
  #turns;
  #send;
  /** @type {{ kind: string, step: number } | null} */
  #told = null;
  /** @type {(() => void) | null} */
  #drop = null;

  /**
   * @param {Turns} turns
   * @param {(message: RestMessage) => void} send
   * @param {AbortSignal} on
   */
  constructor(turns, send, on) {
    this.#turns = turns;
    this.#send = send;
    atEnd(on, () => this.drop());
  }

  /** Is there a step that Python will hear of? */
  get isComing() {
    return this.#drop !== null;
  }

  /**
   * Python knows of a step, by itself.
   *
   * @param {string} kind
   * @param {number} step
   */
  know(kind, step) {
    this.#told = { kind, step };
  }

  /**
   * Told, unless somebody moves on before.
   *
   * @param {Position} position
   */
  tell({ walk: { kind, net }, step }) {
    this.drop();
    if (this.#told?.kind === kind && this.#told.step === step) return;
    const release = this.#turns.hold();
    const timer = setTimeout(() => {
      this.drop();
      this.know(kind, step);
      this.#send({ net, kind, step, turn: this.#turns.next() });
    }, REST_MS);
    this.#drop = () => {
      clearTimeout(timer);
      release();
    };
  }

  /** Not told after all. */
  drop() {
    this.#drop?.();
    this.#drop = null;
  }
}
