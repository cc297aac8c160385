// Where somebody is in one walk: the step, the frame of its call stack that is looked at, and the folds that are open.

import { clamp } from "../../../browser/numbers.js";
import { foldsAround, inFirstPass, isLaterPass, Path } from "../record/folds.js";

/** @import { FoldRow } from "../../../payloads.d.ts" */
/** @import { Walk } from "../record/walk.js" */

export class Position {
  #step = 0;
  /** @type {number | null} */
  #frame = null;
  /** @type {Set<FoldRow>} */
  #open = new Set();
  #path;

  /** @param {Walk} walk */
  constructor(walk) {
    this.walk = walk;
    this.#path = this.#makePath();
  }

  get step() {
    return this.#step;
  }

  /** The step whose line and variables are looked at: its own, or a statement further out that called it. */
  get seen() {
    return this.#frame ?? this.#step;
  }

  get path() {
    return this.#path;
  }

  /** The place of the step on the path. */
  get place() {
    return this.#path.placeOf(this.#step);
  }

  get isFirst() {
    return this.place === 0;
  }

  get isLast() {
    return this.place === this.#path.length - 1;
  }

  /** @param {FoldRow} fold */
  isOpen(fold) {
    return this.#open.has(fold);
  }

  /**
   * A step from elsewhere; there may be none of that number.
   *
   * @param {number} at
   */
  enter(at) {
    this.#step = clamp(at, 0, this.walk.length - 1);
    this.#frame = null;
    this.#openAround(this.#step);
  }

  /**
   * A step of the path. Is it another one than before?
   *
   * @param {number} at
   */
  moveTo(at) {
    if (at === this.#step && this.#frame === null) return false;
    this.#step = at;
    this.#frame = null;
    return true;
  }

  /**
   * A step that is passed over is asked for by itself: what it lies in opens. Has anything opened?
   *
   * @param {number} at
   */
  openTo(at) {
    if (!this.#openAround(at)) return false;
    this.#step = at;
    this.#frame = null;
    return true;
  }

  /**
   * A statement that called the step, or the step again.
   *
   * @param {number} step
   */
  look(step) {
    this.#frame = step === this.#step ? null : step;
  }

  /**
   * Whoever stands in a pass that is folded away then stands at the first one, at the same line.
   *
   * @param {FoldRow} fold
   */
  toggleFold(fold) {
    if (!this.#open.delete(fold)) this.#open.add(fold);
    this.#frame = null;
    this.#step = inFirstPass(this.#closed, this.#step);
    this.#path = this.#makePath();
  }

  /** @param {number} at */
  #openAround(at) {
    if (!this.#path.isSkipped(at)) return false;
    for (const fold of foldsAround(this.walk.folds, at)) if (isLaterPass(fold, at)) this.#open.add(fold);
    this.#path = this.#makePath();
    return true;
  }

  get #closed() {
    return this.walk.folds.filter((fold) => !this.#open.has(fold));
  }

  #makePath() {
    return new Path(this.walk.length, this.#closed);
  }
}
