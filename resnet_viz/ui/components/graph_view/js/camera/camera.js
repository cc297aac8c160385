// What part of the drawing is in sight, and how large. The pane scrolls natively; the drawing's size and its place in the
// pane are set here.

import { element } from "../../../browser/element.js";
import { Signal } from "../../../browser/events.js";
import { heldScale, isInside, scaleToFit, shiftIntoSight } from "./scale.js";

/** @import { Box, Point } from "../picture/boxes.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Pads */

/** @type {Pads} */
const NO_PADS = { left: 0, top: 0, right: 0, bottom: 0 };

// As a length it is read in pixels, whatever it is written in.
try {
  CSS.registerProperty({ name: "--drawing-height", syntax: "<length>", inherits: true, initialValue: "760px" });
} catch {
  // It is one already.
}

export class Camera {
  /**
   * Something else may be in sight, or in another size or colour.
   *
   * @type {Signal<[]>}
   */
  moved = new Signal();
  pane = element("div", "pane");
  sheet = element("div", "sheet");
  #root;
  #shown;
  #scale = 1;
  #natural;
  #isAtStart = true;
  /** @type {Point} */
  #origin = { x: 0, y: 0 };
  #startWidth = 0;

  /**
   * @param {HTMLElement} root
   * @param {Shown} shown
   */
  constructor(root, shown) {
    this.#root = root;
    this.#shown = shown;
    this.#natural = typeScale(root);
    this.pane.tabIndex = 0;
    this.pane.setAttribute("role", "group");
    this.pane.append(this.sheet);
  }

  get scale() {
    return this.#scale;
  }

  /** Is the beginning of the drawing shown as it came, not zoomed? */
  get isAtStart() {
    return this.#isAtStart;
  }

  /** The scale at which type is as large as elsewhere on the page. */
  get natural() {
    return this.#natural;
  }

  /** The room there is: the pane's width, and the height it may grow to. */
  get room() {
    const width = this.pane.clientWidth || this.#shown.picture.size.width;
    const isFull = this.#root.classList.contains("full");
    return { width, height: isFull ? this.pane.clientHeight : highestPane(this.#root) };
  }

  get fitScale() {
    return scaleToFit(this.#shown.picture.size, this.room, this.#natural);
  }

  /** A net that is new here begins at its beginning: as large as fits, but never with type too small to read. */
  start() {
    this.#scale = this.startScale();
    this.#isAtStart = true;
    this.#startWidth = this.pane.clientWidth;
    this.layOut();
    this.scroll(0, 0);
  }

  /** What is shown is at another level: as long as nobody zoomed, it is as large as it would begin. */
  takeLevel() {
    if (this.#isAtStart) this.#scale = this.startScale();
  }

  startScale(size = this.#shown.picture.size) {
    return Math.max(this.#natural, scaleToFit(size, this.room, this.#natural));
  }

  /** The pane has become wider or narrower. */
  takeWidth() {
    const { clientWidth: width } = this.pane;
    if (!this.#shown.isDrawn || width === this.#startWidth || width === 0) return;
    this.#startWidth = width;
    if (this.#isAtStart) this.#scale = this.startScale();
    this.layOut();
  }

  /** The drawing has got the whole screen, where it is shown as large as fits, or has given it back. */
  takeRoom() {
    if (this.#shown.isDrawn) this.start();
  }

  /** Type has become larger or smaller: so does the drawing, about the middle; a beginning stays a beginning. */
  takeTypeScale() {
    const ratio = typeScale(this.#root) / this.#natural;
    this.#natural *= ratio;
    if (!this.#shown.isDrawn || ratio === 1) return;
    if (this.#isAtStart) this.start();
    else this.zoomBy(ratio);
  }

  /**
   * Put the drawing into the pane, with empty room around it.
   *
   * @param {Pads} pads
   * @param {number | null} height the pane's, where it is to be lower than it could be
   */
  layOut(pads = NO_PADS, height = null) {
    const { svg, size } = this.#shown.picture;
    const [width, tall] = [size.width * this.#scale, size.height * this.#scale];
    this.pane.style.maxHeight = height === null ? "" : `${height}px`;
    const isPadded = pads.left > 0 || pads.right > 0;
    const spare = isPadded ? 0 : Math.max(0, (this.room.width - width) / 2);
    this.#origin = { x: pads.left + spare, y: pads.top };
    this.sheet.style.width = `${Math.floor(pads.left + width + pads.right)}px`;
    this.sheet.style.height = `${Math.floor(pads.top + tall + pads.bottom)}px`;
    if (svg.getAttribute("width") !== String(width)) {
      svg.setAttribute("width", String(width));
      svg.setAttribute("height", String(tall));
    }
    svg.style.left = `${this.#origin.x}px`;
    svg.style.top = `${this.#origin.y}px`;
    this.moved.tell();
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  scroll(left, top) {
    this.pane.scrollLeft = left;
    this.pane.scrollTop = top;
    this.moved.tell();
  }

  /**
   * From a place in the drawing to one in the sheet that is scrolled, in pixels.
   *
   * @param {Point} spot
   * @returns {Point}
   */
  toSheet({ x, y }) {
    return { x: x * this.#scale + this.#origin.x, y: y * this.#scale + this.#origin.y };
  }

  /**
   * From a place in the pane, in pixels, to a place in the drawing.
   *
   * @param {Point} place
   * @returns {Point}
   */
  toDrawing({ x, y }) {
    return {
      x: (x + this.pane.scrollLeft - this.#origin.x) / this.#scale,
      y: (y + this.pane.scrollTop - this.#origin.y) / this.#scale,
    };
  }

  /**
   * From a place in the drawing to one in the pane, in pixels.
   *
   * @param {Point} spot
   * @returns {Point}
   */
  toPane(spot) {
    const { x, y } = this.toSheet(spot);
    return { x: x - this.pane.scrollLeft, y: y - this.pane.scrollTop };
  }

  /**
   * Where in the pane the pointer is.
   *
   * @param {{ clientX: number, clientY: number }} event
   * @returns {Point}
   */
  inPane({ clientX, clientY }) {
    const place = this.pane.getBoundingClientRect();
    return { x: clientX - place.left, y: clientY - place.top };
  }

  /**
   * Zoom so that what is under a place of the pane stays there, as far as the drawing reaches.
   *
   * @param {number} scale
   * @param {Point} place
   */
  zoomTo(scale, place = { x: this.pane.clientWidth / 2, y: this.pane.clientHeight / 2 }) {
    if (!this.#shown.isDrawn) return;
    const spot = this.toDrawing(place);
    this.#scale = heldScale(scale);
    this.#isAtStart = false;
    this.layOut();
    this.scrollTo(spot, place);
  }

  /**
   * @param {number} factor
   * @param {Point} [place]
   */
  zoomBy(factor, place) {
    this.zoomTo(this.#scale * factor, place);
  }

  /**
   * Scroll a spot of the drawing to a place of the pane, as far as there is something to scroll.
   *
   * @param {Point} spot
   * @param {Point} place
   */
  scrollTo(spot, place) {
    const { x, y } = this.toSheet(spot);
    this.scroll(x - place.x, y - place.y);
  }

  /** @param {{ box: Box }} thing */
  isInSight({ box }) {
    return isInside(this.#inPane(box), { width: this.pane.clientWidth, height: this.pane.clientHeight });
  }

  /**
   * Scroll as little as it takes, or until the thing is in the middle.
   *
   * @param {{ box: Box }} thing
   */
  bringIntoSight({ box }, isCentred = false) {
    const { pane } = this;
    const { x, y, width, height } = this.#inPane(box);
    this.scroll(
      pane.scrollLeft + shiftIntoSight(x, width, pane.clientWidth, isCentred),
      pane.scrollTop + shiftIntoSight(y, height, pane.clientHeight, isCentred),
    );
  }

  /** @param {Box} box */
  #inPane(box) {
    return { ...this.toPane(box), width: box.width * this.#scale, height: box.height * this.#scale };
  }
}

/**
 * How high the pane may grow, in pixels, as the page's style sheet says.
 *
 * @param {Element} root
 */
function highestPane(root) {
  const height = Number.parseFloat(getComputedStyle(root).getPropertyValue("--drawing-height"));
  return height || Math.min(window.innerHeight * 0.72, 760);
}

/**
 * How much larger type is than usual: the page's root element says it.
 *
 * @param {Element} root
 */
function typeScale(root) {
  return Number(getComputedStyle(root).getPropertyValue("--type-scale")) || 1;
}
