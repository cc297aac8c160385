// One channel large, with a cursor over its cells, a bar of its colours, ticks, and its figures.

import { element, pushButton } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { cellOfOne, largeZoom } from "./page/layout.js";
import { figureTexts, numberText, tickValues } from "./page/numbers.js";
import { scaleColours } from "./page/unpack.js";

/** @import { Cell, Page } from "./page/unpack.js" */
/** @import { Sheet } from "./sheet.js" */

const TICKS = 5;
const STOPS = 18;

export class Large {
  element = element("section", "large");
  pane = element("div", "large-pane");
  canvas = element("canvas");
  #root;
  #title = element("h4");
  #close;
  #row = element("div", "large-row");
  #cellFrame = element("div", "frame cell");
  #bar = element("div", "bar");
  #ticks = element("div", "ticks");
  #figures = element("dl", "figures");
  #page;
  #place = -1;
  #cell = { row: 0, column: 0 };
  #zoom = 1;

  /**
   * @param {HTMLElement} root the whole view, which makes room for it
   * @param {Page} page
   * @param {() => void} close
   * @param {AbortSignal} on
   */
  constructor(root, page, close, on) {
    this.#root = root;
    this.#page = page;
    this.#close = pushButton("", "", close, on);
    const head = element("div", "large-head");
    head.append(this.#title, this.#close);
    this.pane.tabIndex = 0;
    this.pane.setAttribute("role", "group");
    this.#cellFrame.hidden = true;
    this.pane.append(this.canvas, this.#cellFrame);
    this.#row.append(this.pane, this.#bar, this.#ticks);
    this.element.append(head, this.#row, this.#figures);
    this.element.hidden = true;
  }

  /**
   * Where the cursor over its cells is.
   *
   * @returns {Cell}
   */
  get cell() {
    return { place: this.#place, ...this.#cell };
  }

  /**
   * A channel, if the page has it.
   *
   * @param {Sheet} sheet
   * @param {number | null} channel
   */
  show(sheet, channel) {
    const { page } = sheet;
    this.#page = page;
    this.#place = channel === null ? -1 : page.channels.indexOf(channel);
    const isThere = this.#place >= 0;
    this.element.hidden = !isThere;
    this.#root.classList.toggle("with-large", isThere);
    this.#close.textContent = page.words.close;
    this.#close.title = page.words.closeTitle;
    if (!isThere) return;
    this.#title.textContent = sentence(page.words.channel, { n: channel });
    this.pane.setAttribute("aria-label", sentence(page.words.large, { n: channel }));
    this.#paint(sheet);
    this.setCell(this.#cell);
    this.#showScale();
    this.#showFigures();
  }

  /** @param {Sheet} sheet */
  #paint(sheet) {
    const { width, height } = this.#page;
    this.#zoom = largeZoom(this.#page, this.#row.clientWidth);
    Object.assign(this.canvas, { width: width * this.#zoom, height: height * this.#zoom });
    const context = this.canvas.getContext("2d");
    if (context) sheet.draw(context, this.#place, { x: 0, y: 0 }, this.#zoom);
  }

  /** From the highest value above to the lowest below. */
  #showScale() {
    const ticks = tickValues(this.#page, this.#place, TICKS);
    this.#bar.style.background = `linear-gradient(to bottom, ${scaleColours(this.#page, STOPS).join(", ")})`;
    this.#bar.hidden = ticks.length === 0;
    const { language } = this.#page.words;
    this.#ticks.replaceChildren(...ticks.map((value) => element("span", "", numberText(value, language))));
  }

  #showFigures() {
    const rows = figureTexts(this.#page, this.#place);
    const parts = rows.flatMap(([name, text]) => [element("dt", "", name), element("dd", "", text)]);
    this.#figures.replaceChildren(...parts);
  }

  /**
   * The cell under the pointer; null beyond the channel's edges.
   *
   * @param {MouseEvent} event
   * @returns {Cell | null}
   */
  cellUnder({ offsetX: x, offsetY: y }) {
    const cell = cellOfOne(this.#page, this.#zoom, { x, y });
    return cell && { place: this.#place, ...cell };
  }

  /**
   * The cursor stays inside.
   *
   * @param {{ row: number, column: number }} cell
   */
  setCell({ row, column }) {
    const { height, width } = this.#page;
    this.#cell = { row: clamp(row, 0, height - 1), column: clamp(column, 0, width - 1) };
  }

  frameCell() {
    const [{ row, column }, zoom] = [this.#cell, this.#zoom];
    this.#cellFrame.hidden = false;
    Object.assign(this.#cellFrame.style, {
      left: `${column * zoom}px`,
      top: `${row * zoom}px`,
      width: `${zoom}px`,
      height: `${zoom}px`,
    });
  }

  unframeCell() {
    this.#cellFrame.hidden = true;
  }
}
