// By keyboard: arrows go from cell to cell, and ink on their way with Shift; Space or Enter ink a cell or erase it.

import { handled } from "../../browser/element.js";
import { arrowOf, hasModifier } from "../../browser/grid.js";
import { clamp } from "../../browser/numbers.js";

/** @import { Drawing } from "./drawing.js" */
/** @import { Cell } from "./ink.js" */
/** @import { Pad } from "./pad.js" */
/** @import { Strokes } from "./strokes.js" */

export class Keys {
  #pad;
  #drawing;
  #strokes;
  /** @type {Cell} */
  #cell;

  /**
   * @param {Pad} pad
   * @param {Drawing} drawing
   * @param {Strokes} strokes
   * @param {AbortSignal} on
   */
  constructor(pad, drawing, strokes, on) {
    this.#pad = pad;
    this.#drawing = drawing;
    this.#strokes = strokes;
    const middle = Math.floor((drawing.shape.cells - 1) / 2);
    this.#cell = { row: middle, column: middle };
    const { canvas } = pad;
    canvas.addEventListener("keydown", (event) => this.#take(event), { signal: on });
    canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && this.#point(), { signal: on });
    canvas.addEventListener("blur", () => this.#leave(), { signal: on });
  }

  /** @param {KeyboardEvent} event */
  #take(event) {
    if (event.key === "Escape") this.#stop();
    else if (this.#strokes.isUnderWay) return;
    else if (isUndo(event)) this.#undo();
    else if (hasModifier(event) || !(this.#goOn(event) || this.#turn(event))) return;
    handled(event);
  }

  /** @param {KeyboardEvent} event */
  #goOn(event) {
    const way = arrowOf(event);
    if (!way) return false;
    const last = this.#drawing.shape.cells - 1;
    if (event.shiftKey) this.#drawing.inkCell(this.#cell);
    const { row, column } = this.#cell;
    this.#cell = { row: clamp(row + way.down, 0, last), column: clamp(column + way.across, 0, last) };
    if (event.shiftKey) this.#drawing.inkCell(this.#cell);
    this.#point();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #turn({ key, repeat }) {
    if (key !== " " && key !== "Enter") return false;
    if (repeat) return true;
    this.#drawing.turnCell(this.#cell);
    this.#point();
    return true;
  }

  #undo() {
    if (this.#drawing.canUndo) this.#drawing.undo();
    this.#point();
  }

  #stop() {
    if (this.#strokes.isUnderWay) this.#strokes.giveUp();
    else this.#pad.canvas.blur();
  }

  #point() {
    this.#pad.pointAt(this.#cell, this.#drawing.shape);
    this.#pad.read(this.#cell, this.#drawing.inkOf(this.#cell));
  }

  /** Whoever leaves has finished. */
  #leave() {
    this.#pad.pointAt(null, this.#drawing.shape);
    if (this.#drawing.isWaiting) this.#drawing.tellNow();
  }
}

/** @param {KeyboardEvent} event */
function isUndo({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return key === "z" && (ctrlKey || metaKey) && !altKey && !shiftKey;
}
