// How wide the rows of a drawing are to be: as wide as the pane, in points, but in steps, so that few drawings are made.

import { clamp } from "../../../browser/numbers.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Asking } from "./asking.js" */
/** @import { Ready } from "./ready.js" */

const WIDE_STEP = 40;
const LEAST_WIDE = 320;
const MOST_WIDE = 2400;
/** A scroll bar may come and go without another drawing being asked for. */
const WIDE_SLACK = 16;
const USUAL_WIDE = 720;

/**
 * The width to ask for where there is so much room.
 *
 * @param {number} room
 */
export function widthFor(room) {
  return clamp(Math.floor((room - WIDE_SLACK) / WIDE_STEP) * WIDE_STEP, LEAST_WIDE, MOST_WIDE);
}

/**
 * Is there too little room now for rows of a width, or much more than they take?
 *
 * @param {number} room
 * @param {number} wide
 */
export function isOutgrown(room, wide) {
  return (room < wide && widthFor(room) < wide) || widthFor(room - WIDE_SLACK) > wide;
}

/**
 * Is it a drawing in rows? One whose address names another form is not.
 *
 * @param {string} address
 */
export function isInRows(address) {
  const asked = new URLSearchParams(address);
  return address !== "" && (asked.get("form") ?? "rows") === "rows";
}

/**
 * Where the pane has become wider or narrower, the drawing in rows is asked for again. What was made ready had the width
 * before.
 *
 * @param {{ shown: Shown, width: Width, ready: Ready, asking: Asking }} parts
 */
export function wrapAgain({ shown, width, ready, asking }) {
  if (!width.isOther || !isInRows(shown.picture.address)) return;
  ready.forget();
  asking.askAgain();
}

export class Width {
  #camera;
  /** @type {number | null} */
  #wide = null;

  /** @param {Camera} camera */
  constructor(camera) {
    this.#camera = camera;
  }

  /** Points that the pane has room for, where a point is as large as type there says; 0 while it is hidden. */
  get #room() {
    return this.#camera.pane.clientWidth / this.#camera.natural;
  }

  /** Is the pane of another width than what was asked for last? */
  get isOther() {
    const room = this.#room;
    return room > 0 && this.#wide !== null && isOutgrown(room, this.#wide);
  }

  /** The width to ask for now; it changes only where it must. */
  take() {
    const room = this.#room;
    if (this.#wide === null || this.isOther) this.#wide = room > 0 ? widthFor(room) : USUAL_WIDE;
    return this.#wide;
  }
}
