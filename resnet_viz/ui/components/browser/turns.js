// Who has the last word. What is done here shows at once and is told to Python, each time with its number; and Python's
// word carries the number of the last message it has heard. A word that does not know all that was done here is old.
//
// One law for all components. A drawing, a walk, a table, a crop, a pad and a canvas of channels ask whether a word counts;
// a camera only asks whether its last message has been heard, before it sends another one.
//
// - A word is old if its number is below that of the last message, not if it says what was said before: whoever chooses
//   A, B and A again is not to be told B in between.
// - What was done and is told later (a click that may become a double click, a frame that is being dragged, a step on
//   which nobody rests yet) is held: until it is told, no word can know of it, whatever its number.
// - Numbers count on from Python's, so that a view that is made anew, with a Python that remembers, goes on counting. A
//   view that takes another's place in one go, as for another language, gets the other's Turns: a word on its way then
//   still answers what was told before.
// - The numbers that Python keeps in the server's session begin anew with it; such words name their session. Others come
//   back in the browser's own last message, and need none.

/**
 * What a word of Python's says of the browser's messages.
 *
 * @typedef {{ turn: number, session?: string | null }} Heard
 */

export class Turns {
  /** @type {string | null} */
  #session = null;
  #last = 0;
  #heard = 0;
  /** @type {Set<() => void>} */
  #held = new Set();

  /** The number of a message that is sent now. */
  next() {
    this.#last += 1;
    return this.#last;
  }

  /**
   * Something was done here that is told later; what is returned ends that, once it is told or given up.
   *
   * @returns {() => void}
   */
  hold() {
    const release = () => void this.#held.delete(release);
    this.#held.add(release);
    return release;
  }

  get isUntold() {
    return this.#held.size > 0;
  }

  /** Has Python heard all that was told? */
  get isHeard() {
    return this.#heard >= this.#last;
  }

  /**
   * Does a word of Python's know of all that was told? Then the count goes on from it.
   *
   * @param {Heard} word
   */
  hears({ turn, session = null }) {
    if (session === this.#session && turn < this.#last) return false;
    this.#session = session;
    this.#last = turn;
    this.#heard = turn;
    return true;
  }

  /**
   * Does a word count as it is: it knows of all that was told, and nothing is held that it cannot know of?
   *
   * @param {Heard} word
   */
  counts(word) {
    return this.hears(word) && !this.isUntold;
  }
}
