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
  /** @type {Element[]} */
  #marked = [];
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
    for (const element of this.#marked) {
      element.classList.remove("selected", "within");
      if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", "false");
    }
    const { thing } = this;
    const isItself = thing?.id === this.#id;
    // Of a shortcut that is open, which has no frame, the ops are marked.
    const inside = isItself ? [] : this.#shown.picture.drawnIn(this.#id);
    const marked = inside.length || !thing ? inside : [thing];
    for (const { element } of marked) {
      const isChosen = isItself || inside.length > 0;
      element.classList.add(isChosen ? "selected" : "within");
      if (isChosen) element.setAttribute("aria-pressed", "true");
    }
    this.#marked = marked.map(({ element }) => element);
  }
}
