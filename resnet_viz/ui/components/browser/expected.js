// Asking ahead. What is done here is asked for at once, before Python has said so; and Python's word, when it comes, is
// then what was expected: it is there already, or on its way.

export class Expected {
  /** @type {string | null} */
  #said = null;
  /** @type {string[]} */
  #ahead = [];

  /** What Python said last; null before that. */
  get said() {
    return this.#said;
  }

  /**
   * Asked for, and Python will come to say so.
   *
   * @param {string} address
   */
  add(address) {
    this.#ahead.push(address);
  }

  /**
   * Is what Python says to be brought? Not where it was said before, nor where more was done here since: words come in
   * the order of what they answer, so what was expected before this one is no longer to be waited for. A word that nobody
   * expected has the last say: it ends all waiting.
   *
   * @param {string} address
   */
  takes(address) {
    if (address === this.#said) return false;
    this.#said = address;
    const at = this.#ahead.indexOf(address);
    this.#ahead = at < 0 ? [] : this.#ahead.slice(at + 1);
    return this.#ahead.length === 0;
  }

  /** It could not be brought: the same word is to try again. */
  forget() {
    this.#said = null;
  }
}
