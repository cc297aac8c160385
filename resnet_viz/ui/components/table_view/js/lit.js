// What is lit: chosen here or in a view beside. The browser marks at once; Python has the last word.

import { Signal } from "../../browser/events.js";
import { Turns } from "../../browser/turns.js";
import { isInSight, reveal } from "./sight.js";

/** @import { TableData } from "../../payloads.d.ts" */
/** @import { Body } from "./body.js" */

/**
 * A row's name, empty for the headings, and the index of a column; no column: nothing is chosen any more.
 *
 * @typedef {{ row: string, column: number | null, turn: number }} ChoiceMessage
 */

export class Lit {
  /**
   * Python says that something else is lit.
   *
   * @type {Signal<[]>}
   */
  changed = new Signal();
  #turns = new Turns();
  #body;
  #send;
  /** @type {Set<string>} */
  #lit = new Set();

  /**
   * @param {Body} body
   * @param {(message: ChoiceMessage) => void} send
   */
  constructor(body, send) {
    this.#body = body;
    this.#send = send;
  }

  get isAny() {
    return this.#lit.size > 0;
  }

  /** @param {TableData} data */
  take(data) {
    const said = new Set(data.lit.map(([row, column]) => `${column} ${row}`));
    const isNews = this.#turns.counts(data) && !isSameSet(said, this.#lit);
    if (isNews) this.#lit = said;
    this.#show();
    if (!isNews) return;
    this.#reveal();
    this.changed.tell();
  }

  /**
   * Chosen by hand; what alone is lit is put out.
   *
   * @param {HTMLButtonElement} button
   */
  choose(button) {
    if (this.#isLit(button) && this.#lit.size === 1) this.putOut();
    else this.#tell(button);
  }

  putOut() {
    this.#tell(null);
  }

  /** @param {HTMLButtonElement | null} button */
  #tell(button) {
    this.#lit = new Set(button ? [keyOf(button)] : []);
    this.#show();
    const { row = "", column } = button?.dataset ?? {};
    this.#send({ row, column: column === undefined ? null : Number(column), turn: this.#turns.next() });
  }

  #show() {
    for (const button of this.#body.buttons) button.setAttribute("aria-pressed", String(this.#isLit(button)));
  }

  #reveal() {
    const lit = this.#body.buttons.filter((button) => this.#isLit(button));
    if (lit.length && !lit.some((button) => isInSight(this.#body, button))) reveal(this.#body, lit[0]);
  }

  /** @param {HTMLButtonElement} button */
  #isLit(button) {
    return this.#lit.has(keyOf(button));
  }
}

/** @param {HTMLButtonElement} button */
function keyOf({ dataset: { row, column } }) {
  return `${column} ${row}`;
}

/**
 * @param {Set<string>} one
 * @param {Set<string>} other
 */
function isSameSet(one, other) {
  return one.size === other.size && [...one].every((key) => other.has(key));
}
