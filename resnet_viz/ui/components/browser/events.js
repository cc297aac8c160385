// What a part tells those above it: they listen, it does not know them.

/** @template {unknown[]} Values */
export class Signal {
  /** @type {Set<(...values: Values) => void>} */
  #listeners = new Set();

  /** @param {(...values: Values) => void} act */
  listen(act) {
    this.#listeners.add(act);
  }

  /** @param {Values} values */
  tell(...values) {
    for (const act of this.#listeners) act(...values);
  }
}
