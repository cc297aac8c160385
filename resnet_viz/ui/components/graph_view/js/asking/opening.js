// Opening and closing parts. The drawing first: Python, which has all the rest of the page to see to, hears of it when it
// is shown. Its message tells what is selected, too.

import { levelAbove, levelBelow } from "../picture/levels.js";

/** @import { Selection } from "../marks/selection.js" */
/** @import { Voice } from "../marks/voice.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Asking } from "./asking.js" */
/** @import { Telling } from "./telling.js" */

export class Opening {
  #shown;
  #selection;
  #voice;
  #asking;
  #telling;
  /** @type {string | null} */
  #acted = null;
  /** @type {string | null} */
  #awaited = null;

  /** @param {{ shown: Shown, selection: Selection, voice: Voice, asking: Asking, telling: Telling }} parts */
  constructor({ shown, selection, voice, asking, telling }) {
    this.#shown = shown;
    this.#selection = selection;
    this.#voice = voice;
    this.#asking = asking;
    this.#telling = telling;
  }

  /** What is being opened or closed: in the next drawing it stays where it is. Null for the net, and for nothing. */
  get acted() {
    const acted = this.#acted === this.#shown.picture.network ? null : this.#acted;
    return this.#awaited ?? acted;
  }

  /** What is to have the keyboard once it is drawn. */
  get awaited() {
    return this.#awaited;
  }

  /** The drawing is there. */
  finish() {
    this.#acted = null;
    this.#awaited = null;
  }

  /**
   * Show a part at a level.
   *
   * @param {string} id
   * @param {string} level
   */
  show(id, level) {
    this.#acted = id;
    const { words } = this.#voice;
    const name = this.#voice.nameOf(this.#shown.picture, id);
    this.#voice.say(words.shown, { name, level: words.levels[level] });
    const tell = this.#telling.tellLater("shown", { id, level, selected: this.#selection.id });
    this.#asking.askAhead({ do: "shown", what: id, at: level }, tell);
  }

  /**
   * Show what is not drawn now, with as little opened as it takes.
   *
   * @param {string} id
   */
  reveal(id) {
    this.#acted = this.#shown.picture.drawnAround(id)?.id ?? null;
    this.#awaited = id;
    this.#selection.select(id);
    this.#asking.askAhead({ do: "revealed", what: id }, this.#telling.tellLater("revealed", { id }));
  }

  /**
   * One level deeper; returns whether there is one.
   *
   * @param {string} id
   */
  open(id) {
    const level = levelBelow(this.#shown.picture.facts, id);
    if (level === null) return false;
    this.show(id, level);
    return true;
  }

  /**
   * One level back: the nearest part around that is open at all; returns whether there is one.
   *
   * @param {string} id
   */
  close(id) {
    const above = levelAbove(this.#shown.picture.facts, id);
    if (above === null) return false;
    this.show(above.id, above.level);
    return true;
  }
}
