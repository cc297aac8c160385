// A small picture of the whole drawing with the part in sight marked in it; only when there is more than fits.

import { element } from "../../../browser/element.js";
import { clamp } from "../../../browser/numbers.js";
import { isInRows } from "../picture/shown.js";

/** @import { Thing } from "../picture/drawing.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Camera } from "./camera.js" */

const MAP_ROOM = { strip: { width: 220, height: 64 }, tall: { width: 56, height: 420 } };
const MAP_THINNEST = 18;

export class Minimap {
  canvas = element("canvas", "map");
  #root;
  #shown;
  #camera;
  #scale = { x: 1, y: 1 };

  /**
   * @param {HTMLElement} root
   * @param {Shown} shown
   * @param {Camera} camera
   * @param {AbortSignal} on
   */
  constructor(root, shown, camera, on) {
    this.#root = root;
    this.#shown = shown;
    this.#camera = camera;
    const { canvas } = this;
    canvas.setAttribute("aria-hidden", "true");
    canvas.hidden = true;
    const press = (/** @type {PointerEvent} */ event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#goTo(event);
    };
    canvas.addEventListener("pointerdown", press, { signal: on });
    canvas.addEventListener("pointermove", (event) => event.buttons && this.#goTo(event), { signal: on });
  }

  update() {
    const { picture } = this.#shown;
    const { pane, scale, room } = this.#camera;
    const { width, height } = picture.size;
    const isAcross = width > height;
    // Rows are as wide as there is room, and a map beside them would take of it: they would be asked for again, narrower.
    const isAsAsked = isInRows(picture.address) && scale <= this.#camera.startScale() + 0.001;
    const mayBeHigh = picture.isStrip && !isAcross;
    const isAllThere =
      isAsAsked || (width * scale <= this.#root.clientWidth + 1 && (mayBeHigh || height * scale <= room.height + 1));
    this.canvas.hidden = isAllThere;
    this.#root.classList.toggle("with-side-map", !isAllThere && !isAcross);
    if (isAllThere) return;
    const { strip, tall } = MAP_ROOM;
    const most = isAcross ? strip : { ...tall, height: Math.min(tall.height, pane.clientHeight) };
    const fit = Math.min(most.width / width, most.height / height);
    // A long thin drawing is stretched across, or there would be nothing to see.
    this.#scale = {
      x: isAcross ? fit : Math.max(fit, MAP_THINNEST / width),
      y: isAcross ? Math.max(fit, MAP_THINNEST / height) : fit,
    };
    this.#paint();
  }

  #paint() {
    const [{ canvas }, scale] = [this, this.#scale];
    const { size, things } = this.#shown.picture;
    const [width, height] = [Math.ceil(size.width * scale.x), Math.ceil(size.height * scale.y)];
    const density = window.devicePixelRatio || 1;
    canvas.width = width * density;
    canvas.height = height * density;
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const brush = canvas.getContext("2d");
    if (!brush) return;
    brush.setTransform(density * scale.x, 0, 0, density * scale.y, 0, 0);
    for (const thing of things.values()) {
      const { x, y, width: wide, height: high } = thing.box;
      brush.globalAlpha = thing.isFrame ? 0.12 : 0.9;
      brush.fillStyle = colourOf(thing);
      brush.fillRect(x, y, Math.max(wide, 1 / scale.x), Math.max(high, 1 / scale.y));
    }
    brush.setTransform(density, 0, 0, density, 0, 0);
    this.#frameSight(brush);
  }

  /**
   * A frame around what is in sight.
   *
   * @param {CanvasRenderingContext2D} brush
   */
  #frameSight(brush) {
    const [{ size }, { pane }, scale] = [this.#shown.picture, this.#camera, this.#scale];
    const from = this.#camera.toDrawing({ x: 0, y: 0 });
    const to = this.#camera.toDrawing({ x: pane.clientWidth, y: pane.clientHeight });
    const [left, top] = [clamp(from.x, 0, size.width), clamp(from.y, 0, size.height)];
    const [right, bottom] = [Math.min(to.x, size.width), Math.min(to.y, size.height)];
    brush.globalAlpha = 1;
    brush.lineWidth = 2;
    brush.strokeStyle = getComputedStyle(this.#root).getPropertyValue("--st-primary-color") || "currentColor";
    brush.strokeRect(left * scale.x + 1, top * scale.y + 1, (right - left) * scale.x - 2, (bottom - top) * scale.y - 2);
  }

  /** @param {PointerEvent} event */
  #goTo({ clientX, clientY }) {
    const place = this.canvas.getBoundingClientRect();
    const spot = { x: (clientX - place.left) / this.#scale.x, y: (clientY - place.top) / this.#scale.y };
    const { pane } = this.#camera;
    this.#camera.scrollTo(spot, { x: pane.clientWidth / 2, y: pane.clientHeight / 2 });
  }
}

/**
 * A box by its outline, which tells the stages apart; a shaded one by its shade.
 *
 * @param {Thing} thing
 */
function colourOf({ shape }) {
  return shape.style.fill || shape.getAttribute("stroke") || "gray";
}
