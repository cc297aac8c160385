// A drawing that the server has sent: it is read before it can be shown, all at once or beforehand.

import { readDrawing } from "../picture/cleaning.js";
import { indexDrawing } from "../picture/drawing.js";
import { Picture } from "../picture/picture.js";

/** @import { DrawingPayload } from "../../../payloads.d.ts" */
/** @typedef {Generator<void, Picture | null, void>} Reading in steps; null if it is no drawing */

export class Draft {
  /** @type {Picture | null} */
  #picture = null;

  /** @param {DrawingPayload} payload */
  constructor(payload) {
    this.payload = payload;
  }

  get address() {
    return this.payload.address;
  }

  /** Has it been read beforehand? */
  get isRead() {
    return this.#picture !== null;
  }

  /**
   * Read it beforehand.
   *
   * @returns {Generator<void, void, void>}
   */
  *read() {
    this.#picture = yield* this.#reading();
  }

  /**
   * Read it, unless that has been done. What is put into the page is then no longer there to be taken.
   *
   * @returns {Reading}
   */
  *take() {
    const picture = this.#picture ?? (yield* this.#reading());
    this.#picture = null;
    return picture;
  }

  /** @returns {Reading} */
  *#reading() {
    const svg = yield* readDrawing(this.payload.svg);
    return svg ? new Picture(this.payload, svg, yield* indexDrawing(svg)) : null;
  }
}
