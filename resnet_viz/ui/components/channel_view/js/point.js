// Pointing at a cell: its channel, place and value beside the pointer, and what it sees of the input.

import { element, withRole } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { cellLines } from "./page/spoken.js";

/** @import { FieldFigure } from "./field.js" */
/** @import { Large } from "./large.js" */
/** @import { Cell, Page } from "./page/unpack.js" */
/** @import { ScaleKey } from "./scale_key.js" */
/** @import { Tiles } from "./tiles.js" */

const MARGIN = 8;

export class Pointing {
  tip = withRole("div", "tooltip", "tip");
  #field;
  #key;
  #page;

  /**
   * @param {Page} page
   * @param {FieldFigure} field
   * @param {ScaleKey} key
   */
  constructor(page, field, key) {
    this.#page = page;
    this.#field = field;
    this.#key = key;
    this.tip.hidden = true;
  }

  /**
   * Another page, of which nothing is pointed at yet.
   *
   * @param {Page} page
   */
  take(page) {
    this.#page = page;
    this.tip.hidden = true;
    this.#key.point(null);
    this.#key.take(page);
  }

  /**
   * Shows what a cell sees and the scale of its tile, and returns all that is to be said of it.
   *
   * @param {Cell} cell
   */
  tell(cell) {
    this.#key.point(cell.place);
    return { lines: cellLines(this.#page, cell), field: this.#field.show(cell) };
  }

  /**
   * @param {PointerEvent} event
   * @param {Cell | null} cell
   */
  hover({ clientX, clientY }, cell) {
    if (cell) this.#show(this.tell(cell).lines, clientX, clientY);
    else this.leave();
  }

  leave() {
    this.tip.hidden = true;
    this.#key.point(null);
    this.#field.hide();
  }

  /**
   * @param {string[]} lines
   * @param {number} x
   * @param {number} y
   */
  #show(lines, x, y) {
    const { tip } = this;
    tip.replaceChildren(...lines.map((line, i) => element("div", i ? "" : "tip-title", line)));
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = clamp(x + 14, MARGIN, Math.max(MARGIN, window.innerWidth - width - MARGIN));
    const isBelow = y + 18 + height < window.innerHeight;
    Object.assign(tip.style, { left: `${left}px`, top: `${Math.max(MARGIN, isBelow ? y + 18 : y - 12 - height)}px` });
  }
}

/**
 * @param {Pointing} pointing
 * @param {Tiles} tiles
 * @param {Large} large
 * @param {AbortSignal} on
 */
export function listenToPointer(pointing, tiles, large, on) {
  for (const part of [tiles, large]) {
    const hover = (/** @type {PointerEvent} */ event) => pointing.hover(event, part.cellUnder(event));
    part.canvas.addEventListener("pointermove", hover, { signal: on });
    part.canvas.addEventListener("pointerdown", hover, { signal: on });
    part.canvas.addEventListener("pointerleave", () => pointing.leave(), { signal: on });
  }
}

/**
 * @param {Tiles} tiles
 * @param {Large} large
 * @param {(place: number) => void} choose
 * @param {AbortSignal} on
 */
export function listenToClicks(tiles, large, choose, on) {
  const onClick = (/** @type {MouseEvent} */ event) => {
    const cell = tiles.cellUnder(event);
    if (!cell) return;
    large.setCell(cell);
    tiles.moveCursor(cell.place);
    tiles.pane.focus({ preventScroll: true });
    choose(cell.place);
  };
  tiles.canvas.addEventListener("click", onClick, { signal: on });
}
