// How wide the rows of a drawing are to be: as wide as the pane, in points, but in steps, so that few drawings are made.
// Where a pane is so large that a folded net would leave most of it empty, its rows are narrower, and it is drawn larger.

import { clamp } from "../../../browser/numbers.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Size } from "../picture/boxes.js" */

const WIDE_STEP = 40;
const LEAST_WIDE = 320;
const MOST_WIDE = 2400;
/** A scroll bar may come and go without another drawing being asked for. */
const WIDE_SLACK = 16;
const USUAL_WIDE = 720;
/** So much room a folded net takes in rows, in points. */
const FOLDED = { width: 760, height: 480 };
const LARGEST_FOLDED = 1.5;

/**
 * The width to ask for where there is so much room.
 *
 * @param {number} room
 */
export function widthFor(room) {
  return clamp(Math.floor((room - WIDE_SLACK) / WIDE_STEP) * WIDE_STEP, LEAST_WIDE, MOST_WIDE);
}

/**
 * How much larger than usual a folded net is to be drawn.
 *
 * @param {Size} room in points
 */
export function foldedScale({ width, height }) {
  return clamp(Math.min(width / FOLDED.width, height / FOLDED.height), 1, LARGEST_FOLDED);
}

/**
 * Is an address, or what comes of it by a change, that of one net that is folded but for single parts?
 *
 * @param {string} address
 * @param {{ do: string, what: string }} [change] as the server takes it
 */
export function isFolded(address, change) {
  const asked = new URLSearchParams(address);
  const level = change?.do === "level" ? change.what : asked.get("level");
  return !asked.has("nets") && (level ?? "folded") === "folded";
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

export class Width {
  #camera;
  /**
   * What was asked for last, by whether the net was folded.
   *
   * @type {Map<boolean, number>}
   */
  #wide = new Map();

  /** @param {Camera} camera */
  constructor(camera) {
    this.#camera = camera;
  }

  /**
   * Is the pane of another width than what was asked for last?
   *
   * @param {string} address
   */
  isOther(address) {
    const is = isFolded(address);
    const [room, wide] = [this.#roomFor(is), this.#wide.get(is)];
    return room > 0 && wide !== undefined && isOutgrown(room, wide);
  }

  /**
   * The width to ask for now; it changes only where it must.
   *
   * @param {string} address
   * @param {{ do: string, what: string }} [change] as the server takes it
   */
  take(address, change) {
    const is = isFolded(address, change);
    const [room, last] = [this.#roomFor(is), this.#wide.get(is)];
    const isKept = last !== undefined && !(room > 0 && isOutgrown(room, last));
    const wide = isKept ? last : room > 0 ? widthFor(room) : USUAL_WIDE;
    this.#wide.set(is, wide);
    return wide;
  }

  /**
   * Points that the pane has room for, where a point is as large as type there says; 0 while it is hidden.
   *
   * @param {boolean} isOfFolded
   */
  #roomFor(isOfFolded) {
    const { pane, natural } = this.#camera;
    if (pane.clientWidth === 0) return 0;
    const room = { width: pane.clientWidth / natural, height: this.#camera.room.height / natural };
    return isOfFolded ? room.width / foldedScale(room) : room.width;
  }
}
