// The number of a cell's blocks, changed in the cell: by its two buttons, by typing, or by + and - on the cell itself. It
// shows at once and is told when it rests; Python has the last word.

import { handled, targetOf } from "../../browser/element.js";
import { Turns } from "../../browser/turns.js";

/** @import { TableData } from "../../payloads.d.ts" */
/** @import { Body } from "./body.js" */

const REST = 350; // milliseconds after the last step

/**
 * A row's name, the index of a column, and the number as it was typed.
 *
 * @typedef {{ row: string, column: number, count: string, turn: number }} CountMessage
 */

/** @typedef {{ at: number, column: number, text: string }} Wanted */

export class Steppers {
  #body;
  #send;
  #turns = new Turns();
  /** @type {Wanted | null} */
  #wanted = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;

  /**
   * @param {Body} body
   * @param {(message: CountMessage) => void} send
   * @param {AbortSignal} on
   */
  constructor(body, send, on) {
    this.#body = body;
    this.#send = send;
    on.addEventListener("abort", () => clearTimeout(this.#resting), { once: true });
    body.frame.addEventListener("click", (event) => this.#onClick(event), { signal: on });
    body.frame.addEventListener("keydown", (event) => this.#onKey(event), { signal: on });
    body.frame.addEventListener("focusout", (event) => this.#onLeave(event), { signal: on });
  }

  /** @param {TableData} data */
  take(data) {
    if (this.#turns.counts({ turn: data.countTurn }) && this.#resting === undefined) this.#wanted = null;
    for (const stepper of this.#body.grid.querySelectorAll(".stepper")) {
      const number = stepper.querySelector("input");
      if (number && number !== this.#typedIn) number.value = this.#valueAt(stepperPlace(stepper));
    }
  }

  /** The field that somebody is typing in. */
  get #typedIn() {
    return this.#body.grid.querySelector("input:focus");
  }

  /** @param {{ at: number, column: number }} place */
  #valueAt({ at, column }) {
    if (this.#wanted?.at === at && this.#wanted.column === column) return this.#wanted.text;
    return String(countAt(this.#body.data, at, column) ?? "");
  }

  /** @param {Event} event */
  #onClick(event) {
    const button = targetOf(event)?.closest(".step");
    const stepper = button?.closest(".stepper");
    if (button instanceof HTMLElement && stepper) this.#step(stepperPlace(stepper), Number(button.dataset.by));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = targetOf(event);
    if (target instanceof HTMLInputElement) this.#onType(target, event);
    else if (target instanceof HTMLButtonElement && target.dataset.row) this.#onCellKey(target, event);
  }

  /**
   * @param {HTMLButtonElement} cell
   * @param {KeyboardEvent} event
   */
  #onCellKey(cell, event) {
    const stepper = cell.parentElement?.querySelector(".stepper");
    if (!stepper || event.ctrlKey || event.metaKey || event.altKey) return;
    const number = stepper.querySelector("input");
    if (event.key === "+" || event.key === "=") this.#step(stepperPlace(stepper), 1);
    else if (event.key === "-") this.#step(stepperPlace(stepper), -1);
    else if (event.key === "F2") select(number);
    else if (/^\d$/.test(event.key)) {
      select(number);
      return; // the digit is typed into the field
    } else return;
    handled(event);
  }

  /**
   * @param {HTMLInputElement} number
   * @param {KeyboardEvent} event
   */
  #onType(number, event) {
    event.stopPropagation(); // arrows and Escape are the field's own
    const stepper = number.closest(".stepper");
    if (!stepper) return;
    const place = stepperPlace(stepper);
    if (event.key === "Enter") this.#tell({ ...place, text: number.value.trim() });
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") this.#step(place, event.key === "ArrowUp" ? 1 : -1);
    else if (event.key === "Escape") number.value = this.#valueAt(place);
    else return;
    event.preventDefault();
    if (!event.key.startsWith("Arrow")) stepper.parentElement?.querySelector("button")?.focus({ preventScroll: true });
  }

  /** @param {FocusEvent} event */
  #onLeave(event) {
    const number = targetOf(event);
    const stepper = number?.closest(".stepper");
    if (!(number instanceof HTMLInputElement) || !stepper) return;
    const [place, text] = [stepperPlace(stepper), number.value.trim()];
    if (text !== this.#valueAt(place)) this.#tell({ ...place, text });
  }

  /**
   * @param {{ at: number, column: number }} place
   * @param {number} by
   */
  #step({ at, column }, by) {
    const text = String(Math.max(1, (Number.parseInt(this.#valueAt({ at, column }), 10) || 0) + by));
    this.#wanted = { at, column, text };
    const stepper = this.#body.grid.querySelector(`.stepper[data-at="${at}"][data-column="${column}"]`);
    const number = stepper?.querySelector("input");
    if (number) number.value = text;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#tell({ at, column, text }), REST);
  }

  /** @param {Wanted} wanted */
  #tell(wanted) {
    clearTimeout(this.#resting);
    this.#resting = undefined;
    const { at, column, text } = wanted;
    if (text === String(countAt(this.#body.data, at, column))) {
      this.#wanted = null;
      return;
    }
    this.#wanted = wanted;
    this.#send({ row: this.#body.data.rows[at].name, column, count: text, turn: this.#turns.next() });
  }
}

/** @param {Element} stepper */
function stepperPlace(stepper) {
  const { at, column } = /** @type {HTMLElement} */ (stepper).dataset;
  return { at: Number(at), column: Number(column) };
}

/**
 * @param {TableData} data
 * @param {number} at
 * @param {number} column
 */
function countAt({ rows }, at, column) {
  const cell = rows[at]?.cells[column];
  return cell && "count" in cell ? cell.count : null;
}

/** @param {HTMLInputElement | null} number */
function select(number) {
  number?.focus({ preventScroll: true });
  number?.select();
}
