// A net that comes to be along its code walk: what is made (or has run), what is being made, and what is not there yet.

import { svgElement } from "../../../browser/element.js";
import { atEnd } from "../../../browser/life.js";
import { sentence } from "../../../browser/words.js";
import { EDGE } from "../camera/scale.js";
import { overlaps } from "../picture/boxes.js";
import { growthState } from "../picture/growth.js";

/** @import { Growth } from "../../../browser/registry.js" */
/** @import { Camera } from "../camera/camera.js" */
/** @import { Box } from "../picture/boxes.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { GrowthState } from "../picture/growth.js" */
/** @import { Picture } from "../picture/picture.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Voice } from "./voice.js" */

const FOLLOW_MS = 150;

export class Growing {
  #shown;
  #camera;
  #voice;
  /** @type {() => Growth | null} */
  #growthNow;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /**
   * The words over a run that say how many of its blocks are there.
   *
   * @type {WeakMap<Thing, SVGTextElement>}
   */
  #counts = new WeakMap();

  /**
   * @param {Shown} shown
   * @param {Camera} camera
   * @param {Voice} voice
   * @param {() => Growth | null} growthNow how far the walk has come; null where none goes on
   * @param {AbortSignal} on
   */
  constructor(shown, camera, voice, growthNow, on) {
    this.#shown = shown;
    this.#camera = camera;
    this.#voice = voice;
    this.#growthNow = growthNow;
    atEnd(on, () => clearTimeout(this.#timer));
  }

  /**
   * The walk has gone on. First what is in sight, so that a slider is followed at once however long the drawing is; the
   * rest follows.
   */
  take() {
    if (!this.#shown.isDrawn) return;
    this.show(this.#sight());
    this.follow();
  }

  /** Once nobody hurries on, all of it, and where the step is, the drawing goes. */
  follow() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.show();
      const { picture } = this.#shown;
      const things = (this.#growthNow()?.ids ?? []).map((id) => growingThing(picture, id));
      const thing = things.find((found) => found && !found.isFrame);
      if (thing && !this.#camera.isInSight(thing)) this.#camera.bringIntoSight(thing, true);
    }, FOLLOW_MS);
  }

  /**
   * Also of a drawing that takes another's place.
   *
   * @param {Box | null} sight only what is in it; all where there is none
   */
  show(sight = null) {
    const [{ picture }, growth] = [this.#shown, this.#growthNow()];
    picture.svg.classList.toggle("growing", growth !== null);
    if (!growth) return;
    const making = new Set(growth.ids.map((id) => growingThing(picture, id)));
    const there = new Set();
    for (const thing of picture.things.values()) {
      const state = growthState(growth, thing.id);
      if (state.share > 0) there.add(thing.id);
      if (sight && !overlaps(sight, thing.box)) continue;
      const isMaking = making.has(thing) || growth.at[thing.id]?.[1] === growth.step;
      const { classList } = thing.element;
      classList.toggle("not-yet", state.share === 0);
      classList.toggle("partly", state.share > 0 && state.share < 1);
      classList.toggle("making", isMaking && !thing.isFrame);
      this.#tellRun(thing, state);
    }
    for (const { src, dst, box, element } of picture.wires) {
      if (sight && !overlaps(sight, box)) continue;
      element.classList.toggle("not-yet", !(there.has(src) && there.has(dst)));
    }
  }

  /** The part of the drawing that is in sight, and a little around it for what is written beside the boxes. */
  #sight() {
    const { clientWidth, clientHeight } = this.#camera.pane;
    const from = this.#camera.toDrawing({ x: -EDGE, y: -EDGE });
    const to = this.#camera.toDrawing({ x: clientWidth + EDGE, y: clientHeight + EDGE });
    return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  /**
   * A run says how many of its blocks are there.
   *
   * @param {Thing} thing
   * @param {GrowthState} state
   */
  #tellRun(thing, { share, run }) {
    if (!run) return;
    const { done, total } = run;
    const count = this.#counts.get(thing) ?? this.#addCount(thing);
    count.textContent = share < 1 ? sentence(this.#voice.words.found, { n: done, total }) : "";
  }

  /** @param {Thing} thing */
  #addCount(thing) {
    const [{ x, y, width }, { move }] = [thing.box, this.#shown.picture];
    const place = { x: x + width / 2 - move.x, y: y - move.y - 6, "text-anchor": "middle" };
    const count = svgElement("text", { class: "grown", ...place });
    thing.element.append(count);
    this.#counts.set(thing, count);
    return count;
  }
}

/**
 * What is drawn of an id: a module that no box stands for is looked for in what is around it.
 *
 * @param {Picture} picture
 * @param {string} id
 */
function growingThing(picture, id) {
  for (let at = id; at; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const thing = picture.drawnAround(at);
    if (thing) return thing;
  }
  return null;
}
