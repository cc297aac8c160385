// The variables at any step of a walk, from the changes of the steps before it in the same call. Python's `Replay`
// (records/steps.py) has the same law; a test holds the two together.

/** @import { StepColumns, ValueRow } from "../../../payloads.d.ts" */

/** @typedef {[name: string, value: ValueRow | null]} Change - a name and its new value; null where the name is gone */

const KEYFRAME = 64;

export class Replay {
  #changed;
  #before;
  #values;
  /** @type {Map<number, Map<string, ValueRow>>} */
  #known = new Map();

  /**
   * @param {StepColumns} steps
   * @param {ValueRow[]} values
   */
  constructor({ changed, before }, values) {
    this.#changed = changed;
    this.#before = before;
    this.#values = values;
  }

  /**
   * What a step changed.
   *
   * @param {number} at
   */
  changesOf(at) {
    const row = this.#changed[at];
    /** @type {Change[]} */
    const changes = [];
    for (let i = 0; i < row.length; i += 2) {
      const place = Number(row[i + 1]);
      changes.push([String(row[i]), place < 0 ? null : this.#values[place]]);
    }
    return changes;
  }

  /**
   * The variables once a step has run.
   *
   * @param {number} at
   */
  after(at) {
    /** @type {number[]} */
    const way = [];
    /** @type {Map<string, ValueRow>} */
    let values = new Map();
    for (let step = /** @type {number | null} */ (at); step !== null; step = this.#before[step]) {
      const known = this.#known.get(step);
      if (known) {
        values = new Map(known);
        break;
      }
      way.push(step);
    }
    way.reverse().forEach((step, n) => {
      this.#change(values, step);
      if (n % KEYFRAME === KEYFRAME - 1) this.#known.set(step, new Map(values));
    });
    return values;
  }

  /**
   * The variables at the moment a step begins; at a call its arguments are there already.
   *
   * @param {number} at
   */
  at(at) {
    return this.after(this.#before[at] ?? at);
  }

  /**
   * @param {Map<string, ValueRow>} values
   * @param {number} step
   */
  #change(values, step) {
    for (const [name, value] of this.changesOf(step)) {
      if (value === null) values.delete(name);
      else values.set(name, value);
    }
  }
}
