// The tooltip: the core facts of what the pointer or the keyboard is on, inside the window, never under the pointer.

import { element, targetOf, withRole } from "../../../browser/element.js";
import { clamp } from "../../../browser/numbers.js";
import { sentence } from "../../../browser/words.js";
import { distanceTo, isNear } from "../picture/boxes.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Gestures } from "../camera/gestures.js" */
/** @import { Point } from "../picture/boxes.js" */
/** @import { Thing, Wire } from "../picture/drawing.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Voice } from "./voice.js" */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Around */

const NEAR = 6;
const MARGIN = 8;
/** As a share of the window's height. */
const LARGE_FRAME = 0.4;

export class Tip {
  element = withRole("div", "tooltip", "tip");
  #shown;
  #camera;
  #voice;
  /**
   * What has the keyboard, where the tip is for that.
   *
   * @type {Thing | null}
   */
  #focused = null;

  /**
   * @param {Shown} shown
   * @param {Camera} camera
   * @param {Gestures} gestures
   * @param {Voice} voice
   * @param {AbortSignal} on
   */
  constructor(shown, camera, gestures, voice, on) {
    this.#shown = shown;
    this.#camera = camera;
    this.#voice = voice;
    this.element.hidden = true;
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch" && !gestures.isDragging) this.#hover(event);
    };
    camera.pane.addEventListener("pointermove", move, { signal: on });
    camera.pane.addEventListener("pointerleave", () => this.hide(), { signal: on });
    gestures.dragBegan.listen(() => this.hide());
  }

  hide() {
    this.element.hidden = true;
    this.#focused = null;
  }

  /**
   * Beside what has the keyboard's focus.
   *
   * @param {Thing} thing
   */
  showFocused(thing) {
    this.#show(this.#linesOf(thing), this.#clearOf(thing, thing.element));
    this.#focused = thing;
  }

  /** The pane was scrolled: the tip stays where the focus itself moved the drawing. */
  keep() {
    if (this.#focused) this.showFocused(this.#focused);
    else this.hide();
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    const target = targetOf(event);
    const thing = this.#shown.picture.thingOf(target);
    const wire = thing && !thing.isFrame ? null : this.#wireAt(this.#camera.toDrawing(this.#camera.inPane(event)));
    if (wire) {
      const { clientX: x, clientY: y } = event;
      this.#show(this.#wireLines(wire), { left: x, right: x, top: y - NEAR, bottom: y + NEAR });
      return;
    }
    // Of a frame its title, not all the room in it.
    const around = thing?.isFrame ? (target?.localName === "text" ? target : null) : thing?.element;
    if (thing && around) this.#show(this.#linesOf(thing), this.#clearOf(thing, around));
    else this.hide();
  }

  /**
   * The tip of a box stands clear of its neighbours: below the frame that they are in, unless that is a large one.
   *
   * @param {Thing} thing
   * @param {Element} around
   * @returns {Around}
   */
  #clearOf({ id, isFrame }, around) {
    const { left, right, top, bottom } = around.getBoundingClientRect();
    const frame = isFrame ? null : this.#shown.picture.frameAround(id);
    const outer = frame?.element.getBoundingClientRect();
    if (!outer || outer.height > LARGE_FRAME * window.innerHeight) return { left, right, top, bottom };
    return { left, right, top: Math.min(top, outer.top), bottom: Math.max(bottom, outer.bottom) };
  }

  /** @param {Thing} thing */
  #linesOf({ id }) {
    const { picture } = this.#shown;
    const facts = picture.factsOf(id);
    return facts ? [this.#voice.nameOf(picture, id), facts.about, facts.shape, ...facts.costs] : [id];
  }

  /**
   * The shape on a wire is what leaves the box it comes from.
   *
   * @param {Wire} wire
   */
  #wireLines({ src, dst }) {
    const shape = this.#shown.picture.factsOf(src)?.shape.split(" → ").at(-1) ?? "";
    return [shape, sentence(this.#voice.words.wire, { from: src, to: dst })];
  }

  /**
   * Wires are thin: the nearest one within a few pixels.
   *
   * @param {Point} spot
   */
  #wireAt(spot) {
    const reach = NEAR / this.#camera.scale;
    /** @type {Wire | null} */
    let best = null;
    let nearest = reach;
    for (const wire of this.#shown.picture.wires) {
      if (!isNear(wire.box, spot, reach)) continue;
      const distance = distanceTo(wire.points, spot);
      if (distance < nearest) [best, nearest] = [wire, distance];
    }
    return best;
  }

  /**
   * @param {string[]} lines
   * @param {Around} around
   */
  #show(lines, around) {
    const { element: tip } = this;
    tip.replaceChildren(...lines.map((line, i) => element("div", i ? "" : "tip-title", line)));
    tip.hidden = false;
    this.#focused = null;
    const { width, height } = tip.getBoundingClientRect();
    const left = clamp((around.left + around.right - width) / 2, MARGIN, window.innerWidth - width - MARGIN);
    const isBelow = around.bottom + MARGIN + height < window.innerHeight;
    const top = isBelow ? around.bottom + MARGIN : around.top - MARGIN - height;
    Object.assign(tip.style, { left: `${left}px`, top: `${Math.max(MARGIN, top)}px` });
  }
}
