// Which part of the picture is chosen: by hand, or the one that the weights expect. Python hears of it when the frame
// is let go, and has the last word.

import { Signal } from "../../browser/events.js";
import { atEnd } from "../../browser/life.js";
import { Turns } from "../../browser/turns.js";
import { rounded } from "./shape.js";

/** @import { Crop } from "./shape.js" */
/** @import { Framing } from "./unpack.js" */

/**
 * What Python hears: shares of the picture, null for the part that the weights expect.
 *
 * @typedef {{ shares: number[] | null, turn: number }} CropMessage
 */

const SOON_MS = 300;

export class Choice {
  /** @type {Signal<[]>} */
  changed = new Signal();
  #turns = new Turns();
  /** @type {(message: CropMessage) => void} */
  #send;
  /** @type {Framing} */
  #framing;
  /** @type {Crop} */
  #crop;
  #isOwn = false;
  /** What Python knows: the shares, or that it is not chosen by hand. */
  #told = String(null);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #release = () => {};

  /**
   * @param {Framing} framing
   * @param {(message: CropMessage) => void} send
   * @param {AbortSignal} on
   */
  constructor(framing, send, on) {
    this.#framing = framing;
    this.#crop = framing.middle;
    this.#send = send;
    atEnd(on, () => clearTimeout(this.#timer));
  }

  get framing() {
    return this.#framing;
  }

  get crop() {
    return this.#crop;
  }

  get isOwn() {
    return this.#isOwn;
  }

  /** Is there something that Python is about to hear? */
  get isWaiting() {
    return this.#timer !== undefined;
  }

  /**
   * Python's word. Where it is too old to say where the frame is, it still says what the weights expect.
   *
   * @param {Framing} framing
   */
  take(framing) {
    this.#framing = framing;
    if (this.#turns.counts(framing)) {
      this.#crop = framing.crop;
      this.#isOwn = framing.isOwn;
      this.#told = String(this.#shares);
    } else if (!this.#isOwn && !this.#turns.isUntold) this.#crop = framing.middle;
    this.changed.tell();
  }

  /** Until what is returned is called, the frame is in somebody's hands. */
  hold() {
    return this.#turns.hold();
  }

  /**
   * Chosen by hand.
   *
   * @param {Crop} crop
   */
  set(crop) {
    this.#crop = crop;
    this.#isOwn = true;
    this.changed.tell();
  }

  /** The part that the weights expect. */
  toMiddle() {
    this.#crop = this.#framing.middle;
    this.#isOwn = false;
    this.changed.tell();
    this.tellNow();
  }

  /** Several keys in a row are one change. */
  tellSoon() {
    clearTimeout(this.#timer);
    this.#release();
    this.#release = this.#turns.hold();
    this.#timer = setTimeout(() => this.tellNow(), SOON_MS);
  }

  tellNow() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#release();
    const shares = this.#shares;
    if (String(shares) === this.#told) return;
    this.#told = String(shares);
    this.#send({ shares, turn: this.#turns.next() });
  }

  get #shares() {
    return this.#isOwn ? rounded(this.#framing, this.#crop) : null;
  }
}
