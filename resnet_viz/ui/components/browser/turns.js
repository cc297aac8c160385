// Who has the last word. What is done here shows at once and is told to Python, each time with its number; and Python's
// word carries the number of the last message it has heard. A word that does not know all that was done here is old.

export class Turns {
  #session = null;
  #last = 0;
  #untold = 0;

  // The number of a message that is sent now.
  next() {
    this.#last += 1;
    return this.#last;
  }

  // Something was done here that is told later; till then no word of Python's knows of it.
  hold() {
    this.#untold += 1;
  }

  release() {
    this.#untold = Math.max(0, this.#untold - 1);
  }

  get isUntold() {
    return this.#untold > 0;
  }

  // Does a word of Python's know of all that was told? Then the count goes on from it. Another session of the server's
  // counts anew.
  hears({ session = null, turn }) {
    if (session === this.#session && turn < this.#last) return false;
    this.#session = session;
    this.#last = turn;
    return true;
  }
}
