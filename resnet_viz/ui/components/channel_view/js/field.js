// What of the input a cell can see, as a box on a small picture of the input.

import { element } from "../../browser/element.js";
import { atEnd } from "../../browser/life.js";
import { boxOf, seenOf, seenText } from "./page/seen.js";

/** @import { FieldLooks } from "../../payloads.d.ts" */
/** @import { Seen } from "./page/seen.js" */
/** @import { Page } from "./page/unpack.js" */

const THUMB_SIDE = 256;
// A light line on a dark one is seen on any picture.
const LINES = [
  { strokeStyle: "black", lineWidth: 4 },
  { strokeStyle: "white", lineWidth: 2 },
];

export class FieldFigure {
  element = element("figure", "field");
  #thumb = element("canvas");
  #text = element("figcaption");
  #page;
  #on;
  /** @type {ImageBitmap | null} */
  #picture = null;

  /**
   * @param {Page} page
   * @param {AbortSignal} on
   */
  constructor(page, on) {
    this.#page = page;
    this.#on = on;
    this.#thumb.setAttribute("role", "img");
    this.element.append(this.#thumb, this.#text);
    atEnd(on, () => this.#picture?.close());
  }

  /**
   * Another page may bring another picture; until it is decoded nothing is drawn.
   *
   * @param {Page} page
   */
  async load(page) {
    this.#page = page;
    this.#thumb.setAttribute("aria-label", page.words.picture);
    this.element.hidden = !page.looks;
    this.#picture?.close();
    this.#picture = null;
    if (!page.looks) return;
    this.hide();
    try {
      const picture = await createImageBitmap(new Blob([page.thumbnail], { type: "image/png" }));
      if (this.#page !== page || this.#on.aborted) {
        picture.close();
        return;
      }
      this.#picture = picture;
    } catch {
      return; // The words say it without the picture.
    }
    this.hide();
  }

  /** No cell in particular. */
  hide() {
    const { looks, words } = this.#page;
    if (!looks) return;
    this.#paint(looks, null);
    this.#text.textContent = words.fieldHint;
  }

  /**
   * What a cell can see; returns it in words, none where that is not known.
   *
   * @param {{ row: number, column: number }} cell
   */
  show(cell) {
    const { looks, reducedBy } = this.#page;
    if (!looks) return "";
    const seen = seenOf(looks, reducedBy, cell);
    const text = seenText(this.#page, looks, seen);
    this.#text.textContent = text;
    this.#paint(looks, seen);
    return text;
  }

  /**
   * @param {FieldLooks} looks
   * @param {Seen | null} seen
   */
  #paint(looks, seen) {
    const [height, width] = looks.input;
    const scale = THUMB_SIDE / Math.max(height, width);
    const thumb = this.#thumb;
    thumb.width = Math.max(1, Math.round(width * scale));
    thumb.height = Math.max(1, Math.round(height * scale));
    const context = thumb.getContext("2d");
    if (this.#picture) context?.drawImage(this.#picture, 0, 0, thumb.width, thumb.height);
    delete thumb.dataset.box;
    if (!seen || !context) return;
    const { left, top, right, bottom } = boxOf(looks, seen);
    thumb.dataset.box = [left, top, right, bottom].join(" ");
    if (right <= left || bottom <= top) return;
    drawBox(context, left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
  }
}

/**
 * What is outside of the box is darkened, and the box has an edge.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function drawBox(context, x, y, width, height) {
  context.fillStyle = "rgb(0 0 0 / 45%)";
  context.beginPath();
  context.rect(0, 0, context.canvas.width, context.canvas.height);
  context.rect(x, y, width, height);
  context.fill("evenodd");
  for (const line of LINES) {
    Object.assign(context, line);
    context.strokeRect(x + 2, y + 2, Math.max(1, width - 4), Math.max(1, height - 4));
  }
}
