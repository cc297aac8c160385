// The tiles of a page as one picture, one below the other, a pixel a cell: what canvases draw from, enlarged.

import { paintLevels } from "./page/unpack.js";

/** @import { Page } from "./page/unpack.js" */

export class Sheet {
  #canvas;
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    this.#canvas = new OffscreenCanvas(page.width, Math.max(1, page.height * page.count));
    const image = new ImageData(this.#canvas.width, this.#canvas.height);
    paintLevels(page, image.data);
    this.#canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  get page() {
    return this.#page;
  }

  /**
   * Draws a tile with its left upper corner at a spot: enlarged with its cells as they are, reduced smoothly.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} place
   * @param {{ x: number, y: number }} spot
   * @param {number} zoom
   */
  draw(context, place, { x, y }, zoom) {
    const { width, height } = this.#page;
    context.imageSmoothingEnabled = zoom * context.getTransform().a < 1;
    context.drawImage(this.#canvas, 0, place * height, width, height, x, y, width * zoom, height * zoom);
  }
}
