// By mouse, pen and finger: the frame is moved, a corner resizes it; with Ctrl, the wheel does, too.

import { handled, targetOf } from "../../browser/element.js";
import { drawnAt, moved, resized } from "./shape.js";
import { CORNERS } from "./stage.js";

/** @import { Choice } from "./choice.js" */
/** @import { Crop, Spot } from "./shape.js" */
/** @import { Stage } from "./stage.js" */

const WHEEL = 1.0015;

/**
 * From where and of what something is drawn; `towards` is the corner that is, null for the frame.
 *
 * @typedef {{ id: number, towards: Spot | null, from: Spot, crop: Crop, hasMoved: boolean, release: () => void }} Drag
 */

export class Dragging {
  #stage;
  #choice;
  /** @type {Drag | null} */
  #drag = null;

  /**
   * @param {Stage} stage
   * @param {Choice} choice
   * @param {AbortSignal} on
   */
  constructor(stage, choice, on) {
    this.#stage = stage;
    this.#choice = choice;
    const { frame } = stage;
    frame.addEventListener("pointerdown", (event) => this.#start(event), { signal: on });
    frame.addEventListener("pointermove", (event) => this.#move(event), { signal: on });
    frame.addEventListener("pointerup", (event) => this.#end(event), { signal: on });
    frame.addEventListener("pointercancel", (event) => this.#end(event), { signal: on });
    stage.element.addEventListener("wheel", (event) => this.#zoom(event), { signal: on, passive: false });
  }

  get isUnderWay() {
    return this.#drag !== null;
  }

  /**
   * Where the pointer is, as shares of the picture.
   *
   * @param {PointerEvent} event
   */
  #spotOf({ clientX, clientY }) {
    const box = this.#stage.element.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  }

  /** @param {PointerEvent} event */
  #start(event) {
    if (this.#drag || event.button !== 0) return;
    const held = targetOf(event);
    const towards = (held instanceof HTMLElement && CORNERS.get(held.dataset.corner)) || null;
    this.#drag = {
      id: event.pointerId,
      towards,
      from: this.#spotOf(event),
      crop: this.#choice.crop,
      hasMoved: false,
      release: this.#choice.hold(),
    };
    this.#stage.frame.setPointerCapture(event.pointerId);
    this.#stage.frame.focus({ preventScroll: true });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.id) return;
    const to = this.#spotOf(event);
    const way = { x: to.x - drag.from.x, y: to.y - drag.from.y };
    if (!drag.hasMoved && way.x === 0 && way.y === 0) return;
    drag.hasMoved = true;
    const { crop, towards } = drag;
    this.#choice.set(towards ? drawnAt(this.#choice.framing, crop, towards, way) : moved(crop, way));
  }

  /** @param {PointerEvent} event */
  #end(event) {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.id) return;
    this.#drag = null;
    drag.release();
    if (drag.hasMoved) this.#choice.tellNow();
  }

  /**
   * Without Ctrl the wheel scrolls the page.
   *
   * @param {WheelEvent} event
   */
  #zoom(event) {
    if (!event.ctrlKey || this.#drag) return;
    handled(event);
    const { crop, framing } = this.#choice;
    this.#choice.set(resized(framing, crop, crop.width * WHEEL ** event.deltaY));
    this.#choice.tellSoon();
  }
}
