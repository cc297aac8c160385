// The table as it stands. Another one in its place: what is equal stays, a cell with another value is filled anew and
// shines, and only a table of another form is built again, with the frame where it was.

import { element } from "../../browser/element.js";
import { atEnd } from "../../browser/life.js";
import { isDarkTheme } from "../../browser/theme.js";
import { buildTable } from "./build.js";
import { fillCell } from "./cell.js";
import { changedCells, isSameForm, isSameTable, shiningCells } from "./compare.js";

/** @import { TableData } from "../../payloads.d.ts" */
/** @import { Place } from "./compare.js" */
/** @import { Lines } from "./places.js" */

export class Body {
  frame = element("div", "frame");
  #data;
  #built;
  #observer;

  /**
   * @param {TableData} data
   * @param {AbortSignal} on
   */
  constructor(data, on) {
    this.#data = data;
    this.#observer = new ResizeObserver(() => {
      this.#measureCorner();
      this.#markRest();
    });
    atEnd(on, () => this.#observer.disconnect());
    this.#built = this.#build();
    const stopShining = (/** @type {Event} */ { target }) => {
      if (target instanceof Element) target.classList.remove("changed");
    };
    this.frame.addEventListener("animationend", stopShining, { signal: on });
    this.frame.addEventListener("scroll", () => this.#markRest(), { signal: on });
  }

  get data() {
    return this.#data;
  }

  get grid() {
    return this.#built.grid;
  }

  get corner() {
    return this.#built.corner;
  }

  /** @returns {Lines<HTMLButtonElement>} */
  get lines() {
    return this.#built.buttons;
  }

  get buttons() {
    return this.#built.buttons.flat().filter((button) => button !== null);
  }

  /**
   * Another table, or the same; whether it had to be built again.
   *
   * @param {TableData} data
   */
  take(data) {
    const before = this.#data;
    this.#data = data;
    if (isSameTable(before, data)) return false;
    const isRebuilt = !isSameForm(before, data);
    if (isRebuilt) this.#buildAgain();
    else for (const { at, column } of changedCells(before, data)) this.#fill(at, column);
    for (const place of shiningCells(before, data)) this.#shine(place);
    return isRebuilt;
  }

  #build() {
    const built = buildTable(this.#data);
    this.#observer.disconnect();
    this.#observer.observe(built.corner);
    this.#observer.observe(this.frame);
    this.frame.replaceChildren(built.grid);
    return built;
  }

  #buildAgain() {
    const { scrollLeft, scrollTop } = this.frame;
    this.#built = this.#build();
    this.frame.scrollTo(scrollLeft, scrollTop);
  }

  /**
   * @param {number} at
   * @param {number} column
   */
  #fill(at, column) {
    const button = this.lines[at + 1][column];
    if (button) fillCell(this.#data, button, at, column);
  }

  /** @param {Place} place */
  #shine({ at, column }) {
    const button = this.lines[at + 1][column];
    if (!button) return;
    button.classList.remove("changed");
    void button.offsetWidth; // begins anew where it shines already
    button.classList.add("changed");
  }

  /** What the headings and names cover of the frame when it is scrolled. */
  #measureCorner() {
    const { width, height } = this.corner.getBoundingClientRect();
    if (!width) return;
    this.frame.style.setProperty("--name-width", `${width}px`);
    this.frame.style.setProperty("--head-height", `${height}px`);
  }

  /** Whether there are columns at the right of what is in sight, and at its left. */
  #markRest() {
    const { scrollLeft, clientWidth, scrollWidth } = this.frame;
    this.frame.classList.toggle("comes-from", scrollLeft > 1);
    this.frame.classList.toggle("goes-on", scrollLeft + clientWidth < scrollWidth - 1);
  }

  /**
   * The stages' colours, which are the drawing's, in the theme of the page.
   *
   * @param {HTMLElement} root
   */
  paint(root) {
    const theme = isDarkTheme(root) ? "dark" : "light";
    root.classList.toggle("dark", theme === "dark");
    this.#data.rows.forEach(({ colours }, at) => {
      const [fill, line] = colours?.[theme] ?? ["", ""];
      // An empty value takes a property away.
      this.#built.rows[at].style.setProperty("--fill", fill);
      this.#built.rows[at].style.setProperty("--stage", line);
    });
  }
}
