// What of the drawing has the keyboard. One thing is in the tab order: the one that was last there.

import { Roving } from "../../../browser/grid.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { Picture } from "../picture/picture.js" */

export class Focus {
  #camera;
  /** @type {Roving<Thing>} */
  #roving = new Roving(({ element }) => element);

  /** @param {Camera} camera */
  constructor(camera) {
    this.#camera = camera;
  }

  /** The thing that the tab key leads to. */
  get current() {
    return this.#roving.current;
  }

  /**
   * Another drawing: the tab key leads to its first box.
   *
   * @param {Picture} picture
   */
  begin({ order }) {
    this.#roving.moveTo(order[0] ?? null);
  }

  /** @param {Thing} thing */
  makeCurrent(thing) {
    this.#roving.moveTo(thing);
  }

  /**
   * Give a thing the keyboard, wherever it is.
   *
   * @param {Thing} thing
   */
  take(thing) {
    this.makeCurrent(thing);
    thing.element.focus({ preventScroll: true });
  }

  /**
   * Give a thing the keyboard, and bring it into sight.
   *
   * @param {Thing | null | undefined} thing
   */
  moveTo(thing) {
    if (!thing) return;
    this.take(thing);
    this.#camera.bringIntoSight(thing);
  }

  /**
   * The same, with the thing in the middle of what is seen.
   *
   * @param {Thing | null} thing
   */
  centre(thing) {
    if (!thing) return;
    this.#camera.bringIntoSight(thing, true);
    this.moveTo(thing);
  }
}
