// The board of tiles, each with its channel's number, and the cursor over it. The list of channels is real to a screen
// reader; the canvas shows the same tiles.

import { element, withRole } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { boardSize, cellAt, GAP, layOut, NO_GRID, spotOf } from "./page/layout.js";
import { channelName } from "./page/spoken.js";

/** @import { Sheet } from "./sheet.js" */

const MOST_DENSITY = 2;
const MOST_SHARP = 8000;

export class Tiles {
  pane = withRole("div", "listbox", "tiles");
  canvas = element("canvas");
  #options = withRole("div", "presentation", "options spoken");
  // Elements, so that they have the theme's colours.
  #cursorFrame = element("div", "frame cursor");
  #chosenFrame = element("div", "frame chosen");
  #sheet;
  #grid = NO_GRID;
  #cursor = 0;

  /** @param {Sheet} sheet */
  constructor(sheet) {
    this.#sheet = sheet;
    this.pane.tabIndex = 0;
    this.canvas.setAttribute("aria-hidden", "true");
    const board = withRole("div", "presentation", "board");
    board.append(this.canvas, this.#cursorFrame, this.#chosenFrame);
    this.pane.append(board, this.#options);
  }

  get count() {
    return this.#sheet.page.count;
  }

  get columns() {
    return this.#grid.columns;
  }

  get cursor() {
    return this.#cursor;
  }

  /**
   * Another page of channels; to be painted once there is room for it.
   *
   * @param {Sheet} sheet
   * @param {number | null} chosen
   */
  show(sheet, chosen) {
    const { page } = sheet;
    this.#sheet = sheet;
    this.#cursor = clamp(placeOf(sheet, chosen), 0, Math.max(0, page.count - 1));
    this.pane.setAttribute("aria-label", sentence(page.words.channels, { name: page.name }));
    this.#options.replaceChildren(
      ...page.channels.map((_channel, place) => {
        const option = withRole("div", "option", "", channelName(page, place));
        option.id = `channel-${place}`;
        return option;
      }),
    );
    if (page.count) this.pane.setAttribute("aria-activedescendant", `channel-${this.#cursor}`);
    else this.pane.removeAttribute("aria-activedescendant");
    this.mark(chosen);
  }

  /**
   * Which channel is shown large, for a screen reader.
   *
   * @param {number | null} chosen
   */
  mark(chosen) {
    const place = placeOf(this.#sheet, chosen);
    for (const [at, option] of [...this.#options.children].entries()) {
      option.setAttribute("aria-selected", String(at === place));
    }
  }

  /**
   * For the room that there is now.
   *
   * @param {number | null} chosen
   */
  paint(chosen) {
    const { page } = this.#sheet;
    const { color, fontFamily, fontSize } = getComputedStyle(this.canvas);
    const size = Number.parseFloat(fontSize);
    this.#grid = layOut(page, this.pane.clientWidth, Math.round(size * 1.25));
    const context = sharpContext(this.canvas, boardSize(page, this.#grid));
    if (context)
      Object.assign(context, { fillStyle: color, font: `${fontSize} ${fontFamily}`, textBaseline: "bottom" });
    for (let place = 0; context && place < page.count; place++) {
      const spot = spotOf(this.#grid, place);
      this.#sheet.draw(context, place, spot, this.#grid.zoom);
      context.fillText(String(page.channels[place]), spot.x, spot.y - 1);
    }
    this.#frame(this.#cursorFrame, this.#cursor);
    const large = placeOf(this.#sheet, chosen);
    this.#frame(this.#chosenFrame, large);
    // Where there is less room for the tiles now, they lie elsewhere.
    if (large >= 0) this.#scrollTo(large);
  }

  /** @param {number} place */
  moveCursor(place) {
    this.#cursor = place;
    this.pane.setAttribute("aria-activedescendant", `channel-${place}`);
    this.#frame(this.#cursorFrame, place);
    this.#scrollTo(place);
  }

  /** @param {number} place */
  #scrollTo(place) {
    const { pane } = this;
    const top = spotOf(this.#grid, place).y - this.#grid.label - GAP;
    const end = top + this.#grid.pitch.y + GAP;
    if (top < pane.scrollTop) pane.scrollTop = top;
    else if (end > pane.scrollTop + pane.clientHeight) pane.scrollTop = end - pane.clientHeight;
  }

  /**
   * The cell under the pointer; null over a gap.
   *
   * @param {MouseEvent} event
   */
  cellUnder({ offsetX: x, offsetY: y }) {
    return cellAt(this.#sheet.page, this.#grid, { x, y });
  }

  /**
   * @param {HTMLElement} frame
   * @param {number} place
   */
  #frame(frame, place) {
    const { page } = this.#sheet;
    frame.hidden = place < 0 || place >= page.count;
    if (frame.hidden) return;
    const [{ x, y }, { zoom }] = [spotOf(this.#grid, place), this.#grid];
    const [width, height] = [page.width * zoom, page.height * zoom];
    Object.assign(frame.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }
}

/**
 * A canvas of a size in pixels of the page, with as many of its own as the screen has, up to twice as many.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} size
 */
function sharpContext(canvas, { width, height }) {
  const density = height > MOST_SHARP ? 1 : clamp(window.devicePixelRatio, 1, MOST_DENSITY);
  Object.assign(canvas, { width: Math.round(width * density), height: Math.round(height * density) });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = canvas.getContext("2d");
  context?.scale(density, density);
  return context;
}

/**
 * @param {Sheet} sheet
 * @param {number | null} channel
 */
function placeOf({ page }, channel) {
  return channel === null ? -1 : page.channels.indexOf(channel);
}
