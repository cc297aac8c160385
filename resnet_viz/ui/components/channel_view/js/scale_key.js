// The colour key of the tiles: the colours as they are used, and the values at their ends and in the middle.

import { element } from "../../browser/element.js";
import { keyEnds } from "./page/ends.js";
import { scaleColours } from "./page/unpack.js";

/** @import { Page } from "./page/unpack.js" */

const KEY_STOPS = 18;

export class ScaleKey {
  element = element("div", "key");
  #bar = element("div", "key-bar");
  #low = element("span", "key-low");
  #middle = element("span", "key-middle");
  #high = element("span", "key-high");
  #said = element("span", "key-said");
  #page;
  /** @type {number | null} */
  #place = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.element.setAttribute("role", "group");
    this.element.append(this.#bar, this.#low, this.#middle, this.#high, this.#said);
  }

  /** @param {Page} page */
  take(page) {
    this.#page = page;
    this.element.setAttribute("aria-label", page.words.key);
    const colours = scaleColours(page, KEY_STOPS).reverse();
    this.#bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
    this.#paint();
  }

  /**
   * The tile that is pointed at, whose own scale is told meanwhile.
   *
   * @param {number | null} place
   */
  point(place) {
    if (place === this.#place) return;
    this.#place = place;
    this.#paint();
  }

  #paint() {
    const ends = keyEnds(this.#page, this.#place);
    this.element.hidden = !ends;
    this.#low.textContent = ends?.low ?? "";
    this.#middle.textContent = ends?.middle ?? "";
    this.#high.textContent = ends?.high ?? "";
    this.#said.textContent = ends?.said ?? "";
  }
}
