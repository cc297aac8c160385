// What a search has found, how the drawing shows it, and which of it is looked at.

import { Signal } from "../../../browser/events.js";
import { askedWords, matchesOf } from "../picture/search.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Voice } from "./voice.js" */

export class Hits {
  /**
   * There are other hits, or another of them is the current one.
   *
   * @type {Signal<[]>}
   */
  changed = new Signal();
  /**
   * Somebody goes to a hit, or to none any more.
   *
   * @type {Signal<[id: string | null]>}
   */
  lookedAt = new Signal();
  /** What is searched for. */
  #text = "";
  /** @type {string[]} */
  #ids = [];
  #at = -1;
  /** @type {Element[]} */
  #marked = [];
  #shown;
  #camera;
  #voice;

  /**
   * @param {Shown} shown
   * @param {Camera} camera
   * @param {Voice} voice
   */
  constructor(shown, camera, voice) {
    this.#shown = shown;
    this.#camera = camera;
    this.#voice = voice;
  }

  get text() {
    return this.#text;
  }

  /** Is anything searched for? */
  get isAsked() {
    return askedWords(this.#text).length > 0;
  }

  get total() {
    return this.#ids.length;
  }

  /** Which of the hits is looked at, counted from 0; -1 for none. */
  get at() {
    return this.#at;
  }

  /** The hit that is looked at. */
  get current() {
    return this.#ids[this.#at] ?? null;
  }

  /** @param {string} text */
  ask(text) {
    this.#text = text;
    this.find();
  }

  /** From the first hit on. */
  find() {
    this.#mark(this.#matches());
    if (this.#ids.length) this.#goTo(0);
    else this.#stop(this.isAsked ? this.#voice.words.noneFound : "");
  }

  /** In another drawing of the same net: the same hit is the current one, and what is shown of the net stays shown. */
  findAgain() {
    if (!this.#ids.length) return;
    const [ids, before] = [this.#matches(), this.current];
    if (before === null || !ids.includes(before)) {
      this.find();
      return;
    }
    this.#mark(ids);
    this.#at = ids.indexOf(before);
    this.#shown.picture.drawnAround(before)?.element.classList.add("current-hit");
    this.changed.tell();
  }

  /** @param {1 | -1} by */
  step(by) {
    const { length } = this.#ids;
    if (length) this.#goTo((this.#at + by + length) % length);
  }

  clear() {
    this.#text = "";
    this.#mark([]);
    this.#stop("");
  }

  #matches() {
    return matchesOf(this.#shown.picture.facts, askedWords(this.#text));
  }

  /** @param {string} words */
  #stop(words) {
    this.#at = -1;
    this.#voice.say(words);
    this.changed.tell();
    this.lookedAt.tell(null);
  }

  /** @param {string[]} ids */
  #mark(ids) {
    this.#ids = ids;
    for (const element of this.#marked) element.classList.remove("hit", "current-hit");
    const elements = ids.flatMap((id) => this.#shown.picture.drawnAround(id)?.element ?? []);
    this.#marked = [...new Set(elements)];
    for (const element of this.#marked) element.classList.add("hit");
  }

  /** @param {number} at */
  #goTo(at) {
    this.#at = at;
    const [id, { picture }] = [this.#ids[at], this.#shown];
    const thing = picture.drawnAround(id);
    for (const element of this.#marked) element.classList.toggle("current-hit", element === thing?.element);
    if (thing) this.#camera.bringIntoSight(thing);
    const name = this.#voice.nameOf(picture, id);
    this.#voice.say(this.#voice.words.foundName, { n: at + 1, total: this.total, name });
    this.changed.tell();
    this.lookedAt.tell(id);
  }
}
