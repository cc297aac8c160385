// How large a drawing is shown, and how far a pane is scrolled: the arithmetic of it. A scale of 1 shows a point as a
// pixel, so that type has 11 pixels at least; where all type is larger, the natural size is that much larger.

import { clamp } from "../../../browser/numbers.js";

/** @import { Box, Size } from "../picture/boxes.js" */

const SMALLEST = 0.1;
const LARGEST = 8;
const LARGEST_FIT = 1.5;
/** One step of zooming. */
export const STEP = 1.25;
/** What is brought into sight keeps so many pixels from the edge. */
export const EDGE = 16;

/** @param {number} scale */
export function heldScale(scale) {
  return clamp(scale, SMALLEST, LARGEST);
}

/**
 * At which scale a drawing fits into a room, but no larger than what is easily read.
 *
 * @param {Size} size
 * @param {Size} room
 * @param {number} natural
 */
export function scaleToFit(size, room, natural) {
  return clamp(Math.min(room.width / size.width, room.height / size.height), SMALLEST, LARGEST_FIT * natural);
}

/**
 * How far to scroll so that what begins at `at` and is so long is in sight in a pane: as little as it takes, or into the
 * middle. What is longer than the pane is shown from its beginning: as far as that takes, or as much of it as fits.
 *
 * @param {number} at
 * @param {number} length
 * @param {number} room
 */
export function shiftIntoSight(at, length, room, isCentred = false) {
  if (length + 2 * EDGE > room) return isCentred || at < 0 || at > room - EDGE ? at - EDGE : 0;
  if (isCentred) return at + length / 2 - room / 2;
  return Math.min(0, at - EDGE) || Math.max(0, at + length + EDGE - room);
}

/**
 * Does a box of the pane lie within it, but for a pixel?
 *
 * @param {Box} box
 * @param {Size} room
 */
export function isInside({ x, y, width, height }, room) {
  return x >= -1 && y >= -1 && x + width <= room.width + 1 && y + height <= room.height + 1;
}
