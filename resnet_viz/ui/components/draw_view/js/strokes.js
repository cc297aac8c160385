// By mouse, pen and finger: a stroke from where it touches the pad to where it leaves.

/** @import { Drawing } from "./drawing.js" */
/** @import { Spot } from "./ink.js" */
/** @import { Pad } from "./pad.js" */

export class Strokes {
  #pad;
  #drawing;
  /** @type {{ id: number, at: Spot } | null} */
  #stroke = null;

  /**
   * @param {Pad} pad
   * @param {Drawing} drawing
   * @param {AbortSignal} on
   */
  constructor(pad, drawing, on) {
    this.#pad = pad;
    this.#drawing = drawing;
    const { canvas } = pad;
    canvas.addEventListener("pointerdown", (event) => this.#start(event), { signal: on });
    canvas.addEventListener("pointermove", (event) => this.#move(event), { signal: on });
    canvas.addEventListener("pointerup", (event) => this.#end(event), { signal: on });
    // A palm, or a gesture of the system's: it was no stroke.
    canvas.addEventListener("pointercancel", (event) => this.#isOf(event) && this.giveUp(), { signal: on });
  }

  get isUnderWay() {
    return this.#stroke !== null;
  }

  giveUp() {
    this.#stroke = null;
    this.#drawing.giveUp();
  }

  /** @param {PointerEvent} event */
  #start(event) {
    if (this.#stroke || event.button !== 0) return;
    const { canvas } = this.#pad;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    this.#pad.pointAt(null, this.#drawing.shape);
    this.#drawing.begin();
    this.#stroke = { id: event.pointerId, at: this.#spotOf(event) };
    this.#drawing.inkAlong(this.#stroke.at, this.#stroke.at);
  }

  /**
   * Between two frames a hand comes to several places.
   *
   * @param {PointerEvent} event
   */
  #move(event) {
    if (!this.#stroke || !this.#isOf(event)) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const place of between.length > 0 ? between : [event]) {
      const to = this.#spotOf(place);
      this.#drawing.inkAlong(this.#stroke.at, to);
      this.#stroke.at = to;
    }
  }

  /** @param {PointerEvent} event */
  #end(event) {
    if (!this.#isOf(event)) return;
    this.#stroke = null;
    this.#drawing.tellNow();
  }

  /** @param {PointerEvent} event */
  #isOf({ pointerId }) {
    return this.#stroke?.id === pointerId;
  }

  /** @param {PointerEvent} event */
  #spotOf({ clientX, clientY }) {
    const box = this.#pad.canvas.getBoundingClientRect();
    const { side } = this.#drawing.shape;
    return { x: ((clientX - box.left) / box.width) * side, y: ((clientY - box.top) / box.height) * side };
  }
}
