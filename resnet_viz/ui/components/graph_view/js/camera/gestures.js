// Moving with mouse, wheel and fingers. The plain wheel and one finger are left to the browser: the pane scrolls where
// it can, else the page does.

import { Signal } from "../../../browser/events.js";
import { clamp } from "../../../browser/numbers.js";
import { oncePerFrame } from "./frames.js";

/** @import { Point } from "../picture/boxes.js" */
/** @import { Camera } from "./camera.js" */

const CLICK_SLACK = 4;

export class Gestures {
  /**
   * The drawing is now being dragged.
   *
   * @type {Signal<[]>}
   */
  dragBegan = new Signal();
  #camera;
  /** @type {{ x: number, y: number, left: number, top: number } | null} */
  #grip = null;
  #isDragging = false;
  #wasDragged = false;
  /** @type {{ span: number, scale: number } | null} */
  #pinch = null;
  /** @type {{ factor: number, place: Point } | null} */
  #wheel = null;
  #zoomSoon;

  /**
   * @param {Camera} camera
   * @param {AbortSignal} on
   */
  constructor(camera, on) {
    this.#camera = camera;
    this.#zoomSoon = oncePerFrame(() => this.#zoom(), on);
    const { pane } = camera;
    pane.addEventListener("wheel", (event) => this.#turnWheel(event), { passive: false, signal: on });
    pane.addEventListener("pointerdown", (event) => this.#press(event), { signal: on });
    pane.addEventListener("pointermove", (event) => this.#move(event), { signal: on });
    for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, () => this.#letGo(), { signal: on });
    pane.addEventListener("touchstart", (event) => this.#startPinch(event), { passive: true, signal: on });
    pane.addEventListener("touchmove", (event) => this.#movePinch(event), { passive: false, signal: on });
  }

  /** Is the drawing being dragged? */
  get isDragging() {
    return this.#isDragging;
  }

  /** Was it, since the button went down? Then a click that follows is none. */
  get wasDragged() {
    return this.#wasDragged;
  }

  /**
   * A trackpad's pinch arrives as a wheel with Ctrl.
   *
   * @param {WheelEvent} event
   */
  #turnWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp(clamp(-event.deltaY * lines * 0.005, -0.5, 0.5));
    this.#wheel = { factor: (this.#wheel?.factor ?? 1) * factor, place: this.#camera.inPane(event) };
    this.#zoomSoon();
  }

  #zoom() {
    if (this.#wheel) this.#camera.zoomBy(this.#wheel.factor, this.#wheel.place);
    this.#wheel = null;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.#wasDragged = false;
    const { pane } = this.#camera;
    const isOnBar = event.offsetX > pane.clientWidth && event.target === pane;
    if (event.button !== 0 || event.pointerType === "touch" || isOnBar) return;
    this.#isDragging = false;
    this.#grip = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#grip) return;
    const [x, y] = [event.clientX - this.#grip.x, event.clientY - this.#grip.y];
    if (!this.#isDragging) {
      if (Math.hypot(x, y) <= CLICK_SLACK) return;
      this.#isDragging = true;
      this.#wasDragged = true;
      const { pane } = this.#camera;
      pane.setPointerCapture(event.pointerId);
      pane.classList.add("dragging");
      this.dragBegan.tell();
    }
    this.#camera.scroll(this.#grip.left - x, this.#grip.top - y);
  }

  #letGo() {
    this.#grip = null;
    this.#isDragging = false;
    this.#camera.pane.classList.remove("dragging");
  }

  /** @param {TouchEvent} event */
  #startPinch({ touches }) {
    this.#pinch = touches.length === 2 ? { span: spanOf(touches), scale: this.#camera.scale } : null;
  }

  /** @param {TouchEvent} event */
  #movePinch(event) {
    const { touches } = event;
    if (!this.#pinch || touches.length !== 2) return;
    event.preventDefault();
    const [one, other] = touches;
    const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
    const scale = this.#pinch.scale * (spanOf(touches) / this.#pinch.span);
    this.#camera.zoomTo(scale, this.#camera.inPane(middle));
  }
}

/**
 * How far two fingers are apart.
 *
 * @param {TouchList} touches
 */
function spanOf([one, other]) {
  return Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
}
