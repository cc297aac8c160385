// What Python is told of what is done here.

import { atEnd } from "../../../browser/life.js";
import { Turns } from "../../../browser/turns.js";

/** @import { Heard } from "../../../browser/turns.js" */

/**
 * What is told, by name: Python's `Message`, without its turn.
 *
 * @typedef {object} Told
 * @property {{ id: string | null }} selected
 * @property {{ id: string, level: string, selected: string | null }} shown
 * @property {{ id: string }} revealed
 * @property {{ metric: string }} shaded
 */

/**
 * With its turn.
 *
 * @typedef {{ [Name in keyof Told]: Told[Name] & { turn: number } }} Messages
 */

/** @typedef {(name: keyof Messages, message: Messages[keyof Messages]) => void} Trigger */

const DOUBLE_CLICK_MS = 200;
// The page's own work, which begins with the message, is not to come before the facts are painted.
const TWO_FRAMES_MS = 40;

export class Telling {
  #turns = new Turns();
  /** @type {Trigger} */
  #trigger = () => {};
  /** Ends what is held for a choice that is not told yet. */
  #drop = () => {};

  /** @param {AbortSignal} on */
  constructor(on) {
    atEnd(on, () => this.dropChoice());
  }

  /** @param {Trigger} trigger */
  takeTrigger(trigger) {
    this.#trigger = trigger;
  }

  /** Was something done here that is not told yet? */
  get isUntold() {
    return this.#turns.isUntold;
  }

  /**
   * Does a word of Python's know of all that was told?
   *
   * @param {Heard} word
   */
  hears(word) {
    return this.#turns.hears(word);
  }

  /**
   * @template {keyof Told} Name
   * @param {Name} name
   * @param {Told[Name]} message
   */
  tell(name, message) {
    this.#trigger(name, { ...message, turn: this.#turns.next() });
  }

  /**
   * After what it does is painted; and where a second click may follow that opens it, then only when it did not come, so
   * that one gesture is one message and one entry in the browser's history.
   *
   * @param {string | null} id
   * @param {boolean} mayBeOpened
   */
  tellChoice(id, mayBeOpened) {
    this.dropChoice();
    const release = this.#turns.hold();
    const tell = () => {
      this.dropChoice();
      this.tell("selected", { id });
    };
    const timer = setTimeout(tell, mayBeOpened ? DOUBLE_CLICK_MS : TWO_FRAMES_MS);
    this.#drop = () => {
      clearTimeout(timer);
      release();
    };
  }

  /** A choice that is not told yet is not to be told: what follows tells of it. */
  dropChoice() {
    this.#drop();
    this.#drop = () => {};
  }

  /**
   * What is told later; till then no word of Python's knows of it. What is returned tells it.
   *
   * @template {keyof Told} Name
   * @param {Name} name
   * @param {Told[Name]} message
   */
  tellLater(name, message) {
    this.dropChoice();
    const release = this.#turns.hold();
    return () => {
      release();
      this.tell(name, message);
    };
  }
}
