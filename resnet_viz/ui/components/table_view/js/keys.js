// By keyboard: one button of the table can be reached by Tab, arrows go on from there, Enter and Space choose.

import { focusedAround, handled, targetOf } from "../../browser/element.js";
import { arrowOf, Roving } from "../../browser/grid.js";
import { endThing, nextThing, sameThing } from "./places.js";
import { reveal } from "./sight.js";

/** @import { Body } from "./body.js" */
/** @import { Lit } from "./lit.js" */

/**
 * Which button could be reached, and whether the keyboard was in the table.
 *
 * @typedef {{ row: string, at: number, column: number, hasFocus: boolean }} Held
 */

export class Keyboard {
  #body;
  #lit;
  /** @type {Roving<HTMLButtonElement>} */
  #roving = new Roving((button) => button);

  /**
   * @param {Body} body
   * @param {Lit} lit
   * @param {AbortSignal} on
   */
  constructor(body, lit, on) {
    this.#body = body;
    this.#lit = lit;
    body.frame.addEventListener("keydown", (event) => this.#onKey(event), { signal: on });
    body.frame.addEventListener("focusin", (event) => this.#onFocus(event), { signal: on });
  }

  /**
   * What is to be reached again in the next table.
   *
   * @returns {Held | null}
   */
  hold() {
    const current = this.#roving.current;
    if (!current) return null;
    return { ...placeOf(current), row: current.dataset.row ?? "", hasFocus: this.#hasFocus };
  }

  /** @param {Held | null} held */
  takeUp(held) {
    const names = this.#body.data.rows.map(({ name }) => name);
    this.#roving.moveTo(held && sameThing(this.#body.lines, names, held));
    if (held?.hasFocus) this.#roving.current?.focus({ preventScroll: true });
  }

  /** Where Tab leads, where nothing can be reached yet. */
  begin() {
    if (!this.#roving.current) this.#findCurrent();
  }

  /** Something else is lit: Tab leads there, unless somebody is in the table. */
  follow() {
    if (!this.#hasFocus) this.#findCurrent();
  }

  get #hasFocus() {
    return this.#body.frame.contains(focusedAround(this.#body.frame));
  }

  #findCurrent() {
    const all = this.#body.buttons;
    const lit = all.find((button) => button.getAttribute("aria-pressed") === "true");
    this.#roving.moveTo(lit ?? all.find((button) => button.dataset.at === "1") ?? all[0] ?? null);
  }

  /** @param {FocusEvent} event */
  #onFocus(event) {
    const button = targetOf(event)?.closest("button");
    if (button?.dataset.at === undefined) return;
    this.#roving.moveTo(button);
    // A browser is content with a part of it; under the pointer nothing must move.
    if (button.matches(":focus-visible")) reveal(this.#body, button);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const button = targetOf(event)?.closest("button");
    if (button?.dataset.at === undefined || event.metaKey || event.altKey) return;
    const { at, column } = placeOf(button);
    const { lines } = this.#body;
    const way = arrowOf(event);
    if (way && !event.ctrlKey) nextThing(lines, at, column, way)?.focus();
    else if (event.key === "Home") endThing(lines[event.ctrlKey ? 0 : at], "first")?.focus();
    else if (event.key === "End") endThing(lines[event.ctrlKey ? lines.length - 1 : at], "last")?.focus();
    else if (event.key === "Escape" && this.#lit.isAny) this.#lit.putOut();
    else return;
    handled(event);
  }
}

/** @param {HTMLButtonElement} button */
function placeOf({ dataset: { at, column } }) {
  return { at: Number(at), column: Number(column) };
}
