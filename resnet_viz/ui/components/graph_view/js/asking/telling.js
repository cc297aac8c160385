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

/** @type {Set<keyof Told>} */
const SETS = new Set(["selected", "shaded"]);
const DOUBLE_CLICK_MS = 200;
// The page's own work, which begins with the message, is not to come before the facts are painted.
const TWO_FRAMES_MS = 40;
// After it an answer is lost: the page failed, or the connection did.
const LOST_MS = 3000;

export class Telling {
  #turns = new Turns();
  /** @type {Trigger} */
  #trigger = () => {};
  /**
   * Told once Python has answered what was told before: of two messages that wait for a busy server, Streamlit keeps one.
   *
   * @type {{ name: keyof Messages, message: Told[keyof Told], release: () => void }[]}
   */
  #waiting = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** Ends what is held for a choice that is not told yet. */
  #drop = () => {};

  /** @param {AbortSignal} on */
  constructor(on) {
    atEnd(on, () => {
      this.dropChoice();
      clearTimeout(this.#patience);
    });
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
   * Does a word of Python's know of all that was told, and of all that waits to be?
   *
   * @param {Heard} word
   */
  hears(word) {
    if (!this.#turns.hears(word)) return false;
    const isAll = this.#waiting.length === 0;
    this.#tellNext();
    return isAll;
  }

  /**
   * @template {keyof Told} Name
   * @param {Name} name
   * @param {Told[Name]} message
   */
  tell(name, message) {
    // Of two choices, or two shades, that follow each other, only the second is left to be told.
    if (SETS.has(name) && this.#waiting.at(-1)?.name === name) this.#waiting.pop()?.release();
    this.#waiting.push({ name, message, release: this.#turns.hold() });
    if (this.#patience === undefined) this.#tellNext();
  }

  #tellNext() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const next = this.#waiting.shift();
    if (!next) return;
    next.release();
    this.#trigger(next.name, { ...next.message, turn: this.#turns.next() });
    this.#patience = setTimeout(() => this.#tellNext(), LOST_MS);
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
