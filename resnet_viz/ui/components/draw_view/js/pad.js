// The pad: the drawing on its canvas, the cell that the keyboard has come to, and the buttons under it.

import { element, focusedAround, pushButton } from "../../browser/element.js";
import { announce, makeLive, sentence } from "../../browser/words.js";
import { FULL } from "./ink.js";

/** @import { DrawWords } from "../../payloads.d.ts" */
/** @import { Drawing } from "./drawing.js" */
/** @import { Cell, Levels, Shape } from "./ink.js" */

export class Pad {
  element = element("div", "pad");
  canvas = element("canvas");
  row = element("div", "row");
  live = makeLive();
  #cursor = element("div", "cursor");
  #hint = element("p", "told");
  #undo;
  #clear;
  /** @type {DrawWords | null} */
  #words = null;

  /**
   * @param {Drawing} drawing
   * @param {AbortSignal} on
   */
  constructor(drawing, on) {
    const { side } = drawing.shape;
    Object.assign(this.canvas, { width: side, height: side, tabIndex: 0 });
    // Otherwise a screen reader keeps the arrow keys to itself.
    this.canvas.setAttribute("role", "application");
    this.#undo = pushButton("", "", () => this.#act(drawing, "undo", "undone"), on);
    this.#clear = pushButton("", "", () => this.#act(drawing, "clear", "cleared"), on);
    this.pointAt(null, drawing.shape);
    this.element.append(this.canvas, this.#cursor, this.#hint);
    this.row.append(this.#undo, this.#clear);
  }

  /** @param {DrawWords} words */
  name(words) {
    if (this.#words?.pad === words.pad) return;
    this.#words = words;
    this.canvas.setAttribute("aria-label", words.pad);
    this.#hint.textContent = words.hint;
    this.#undo.textContent = words.undo;
    this.#undo.title = words.undoTitle;
    this.#clear.textContent = words.clear;
  }

  /** @param {Drawing} drawing */
  show({ levels, shape: { side }, isEmpty, canUndo }) {
    this.canvas.getContext("2d")?.putImageData(new ImageData(coloursOf(levels), side, side), 0, 0);
    this.#hint.hidden = !isEmpty;
    this.#switch(this.#undo, canUndo);
    this.#switch(this.#clear, !isEmpty);
  }

  /**
   * The cell that the keyboard has come to; null where the keyboard is elsewhere.
   *
   * @param {Cell | null} cell
   * @param {Shape} shape
   */
  pointAt(cell, { cells }) {
    this.#cursor.hidden = !cell;
    if (!cell) return;
    const share = (/** @type {number} */ n) => `${(100 * n) / cells}%`;
    const [left, top, side] = [share(cell.column), share(cell.row), share(1)];
    Object.assign(this.#cursor.style, { left, top, width: side, height: side });
  }

  /**
   * @param {Cell} cell
   * @param {number} ink
   */
  read({ row, column }, ink) {
    if (!this.#words) return;
    const share = new Intl.NumberFormat(this.#words.language, { style: "percent" }).format(ink);
    announce(this, sentence(this.#words.cell, { row: row + 1, column: column + 1, ink: share }));
  }

  /**
   * @param {Drawing} drawing
   * @param {"undo" | "clear"} what
   * @param {"undone" | "cleared"} word
   */
  #act(drawing, what, word) {
    drawing[what]();
    announce(this, this.#words?.[word] ?? "");
  }

  /**
   * A button that is switched off loses the focus to nowhere.
   *
   * @param {HTMLButtonElement} button
   * @param {boolean} isOn
   */
  #switch(button, isOn) {
    if (!isOn && focusedAround(button) === button) this.canvas.focus({ preventScroll: true });
    button.disabled = !isOn;
  }
}

/** @param {Levels} levels */
function coloursOf(levels) {
  const colours = new Uint8ClampedArray(4 * levels.length).fill(FULL);
  for (const [at, level] of levels.entries()) colours.fill(level, 4 * at, 4 * at + 3);
  return colours;
}
