// Equal passes of a loop: closed, they are walked once and the rest is passed over; open, each one is walked.

/** @import { FoldRow } from "../../../payloads.d.ts" */

/** @param {FoldRow} fold */
export function foldEnd([start, length, times]) {
  return start + length * times;
}

/**
 * Those around a step, the outermost first.
 *
 * @param {FoldRow[]} folds
 * @param {number} at
 */
export function foldsAround(folds, at) {
  return folds.filter((fold) => fold[0] <= at && at < foldEnd(fold));
}

/**
 * Is a step in a pass that is passed over while the fold is closed?
 *
 * @param {FoldRow} fold
 * @param {number} at
 */
export function isLaterPass(fold, at) {
  return fold[0] + fold[1] <= at && at < foldEnd(fold);
}

/**
 * The same line of the first pass, for a step that is passed over. Outer folds stand before those inside them.
 *
 * @param {FoldRow[]} closed
 * @param {number} at
 */
export function inFirstPass(closed, at) {
  let step = at;
  for (const fold of closed) if (isLaterPass(fold, step)) step = fold[0] + ((step - fold[0]) % fold[1]);
  return step;
}

// The steps that are walked, in order; those that are passed over are left out.
export class Path {
  /** @type {number[]} */
  steps = [];
  #placeOf;
  #skipped;

  /**
   * @param {number} length
   * @param {FoldRow[]} closed
   */
  constructor(length, closed) {
    this.#skipped = new Uint8Array(length);
    this.#placeOf = new Int32Array(length);
    for (const fold of closed) this.#skipped.fill(1, fold[0] + fold[1], foldEnd(fold));
    for (let at = 0; at < length; at++) {
      if (!this.#skipped[at]) this.steps.push(at);
      this.#placeOf[at] = this.steps.length - 1;
    }
  }

  get length() {
    return this.steps.length;
  }

  /** The last step of all. */
  get last() {
    return this.steps[this.length - 1];
  }

  /** @param {number} step */
  isSkipped(step) {
    return this.#skipped[step] === 1;
  }

  /**
   * The place of a step on the path; of one that is passed over, that of the last one before it.
   *
   * @param {number} step
   */
  placeOf(step) {
    return this.#placeOf[step];
  }

  /** @param {number} step */
  after(step) {
    return this.steps[this.placeOf(step) + 1] ?? null;
  }

  /** @param {number} step */
  before(step) {
    return this.steps[this.placeOf(step) - 1] ?? null;
  }

  /**
   * A step, or the next one that is walked.
   *
   * @param {number} step
   */
  onwards(step) {
    let found = step;
    while (this.isSkipped(found)) found++;
    return Math.min(found, this.last);
  }
}
