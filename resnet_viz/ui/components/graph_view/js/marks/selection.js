// What is selected, and how the drawing shows it.

import { Signal } from "../../../browser/events.js";
import { Halos } from "./halos.js";

/** @import { Shown } from "../picture/shown.js" */

export class Selection {
  /**
   * Something else is selected, or the same in another drawing.
   *
   * @type {Signal<[id: string | null]>}
   */
  changed = new Signal();
  /**
   * Somebody selected it here; a second click that opens it may follow.
   *
   * @type {Signal<[id: string | null, mayBeOpened: boolean]>}
   */
  chosen = new Signal();
  /** @type {string | null} */
  #id = null;
  /** @type {Element | null} */
  #marked = null;
  #halos = new Halos();
  #shown;

  /** @param {Shown} shown */
  constructor(shown) {
    this.#shown = shown;
  }

  get id() {
    return this.#id;
  }

  /** The box or frame that is selected, or that what is selected lies in. */
  get thing() {
    return this.#shown.picture.drawnAround(this.#id);
  }

  /** @param {string | null} id */
  select(id) {
    this.#id = id;
    this.#mark();
    this.#halos.follow(this.#shown.picture, id);
    this.changed.tell(id);
  }

  /** @param {string | null} id */
  choose(id, mayBeOpened = false) {
    this.select(id);
    this.chosen.tell(id, mayBeOpened);
  }

  #mark() {
    const before = this.#marked;
    before?.classList.remove("selected", "within");
    if (before?.hasAttribute("aria-pressed")) before.setAttribute("aria-pressed", "false");
    const { thing } = this;
    this.#marked = thing?.element ?? null;
    if (!thing) return;
    const isItself = thing.id === this.#id;
    thing.element.classList.add(isItself ? "selected" : "within");
    if (isItself) thing.element.setAttribute("aria-pressed", "true");
  }
}
