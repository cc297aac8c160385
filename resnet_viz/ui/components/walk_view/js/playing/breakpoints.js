// The lines that are marked to stop at, in all walks of a view.

import { Signal } from "../../../browser/events.js";

/** @import { Walk } from "../record/walk.js" */

export class Breakpoints {
  /** @type {Signal<[]>} */
  changed = new Signal();
  /** @type {Set<string>} */
  #lines = new Set();

  get isEmpty() {
    return this.#lines.size === 0;
  }

  /**
   * @param {string} file
   * @param {number} line
   */
  has(file, line) {
    return this.#lines.has(`${file}:${line}`);
  }

  /**
   * @param {string} file
   * @param {number} line
   */
  toggle(file, line) {
    const key = `${file}:${line}`;
    if (!this.#lines.delete(key)) this.#lines.add(key);
    this.changed.tell();
  }

  /**
   * @param {Walk} walk
   * @param {number} at
   */
  isStop(walk, at) {
    return this.has(walk.fileOf(at), walk.steps.line[at]);
  }
}
