// What ink does to the pixels of a drawing: a soft round brush along a way, and whole cells.

import { clamp } from "../../browser/numbers.js";

/**
 * A pixel's level, row after row: 0 is black, FULL is ink.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Levels
 */

/**
 * Pixels of a side, and cells of one.
 *
 * @typedef {{ side: number, cells: number }} Shape
 */

/**
 * In pixels from the left upper corner.
 *
 * @typedef {{ x: number, y: number }} Spot
 */

/** @typedef {{ row: number, column: number }} Cell */

export const FULL = 255;
// As shares of the side: a third of a digit of the data set is ink, so the brush is wide.
const RADIUS = 0.07;
const SOFT = 0.035;

/** @param {Shape} shape */
export function emptyLevels({ side }) {
  return new Uint8Array(side * side);
}

/** @param {Levels} levels */
export function hasInk(levels) {
  return levels.some((level) => level > 0);
}

/**
 * Where ink is already, more does not make it lighter or darker.
 *
 * @param {Levels} levels
 * @param {Shape} shape
 * @param {Spot} from
 * @param {Spot} to
 */
export function inkAlong(levels, { side }, from, to) {
  const [radius, soft] = [RADIUS * side, SOFT * side];
  const [left, right] = reach(from.x, to.x, radius + soft, side);
  const [top, bottom] = reach(from.y, to.y, radius + soft, side);
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      const far = distance({ x: column + 0.5, y: row + 0.5 }, from, to);
      const level = Math.round(FULL * clamp((radius + soft / 2 - far) / soft, 0, 1));
      const at = row * side + column;
      levels[at] = Math.max(level, levels[at] ?? 0);
    }
  }
}

/**
 * How much of a cell is ink, from 0 to 1.
 *
 * @param {Levels} levels
 * @param {Shape} shape
 * @param {Cell} cell
 */
export function inkOf(levels, shape, cell) {
  const places = placesOf(shape, cell);
  return places.reduce((sum, at) => sum + (levels[at] ?? 0), 0) / (FULL * places.length);
}

/**
 * @param {Levels} levels
 * @param {Shape} shape
 * @param {Cell} cell
 * @param {number} level
 */
export function fillCell(levels, shape, cell, level) {
  for (const at of placesOf(shape, cell)) levels[at] = level;
}

/**
 * @param {Shape} shape
 * @param {Cell} cell
 */
function placesOf({ side, cells }, { row, column }) {
  const wide = side / cells;
  return Array.from(
    { length: wide * wide },
    (_, at) => (row * wide + Math.floor(at / wide)) * side + column * wide + (at % wide),
  );
}

/**
 * The first pixel that a brush can reach, and the one behind the last.
 *
 * @param {number} one
 * @param {number} other
 * @param {number} far
 * @param {number} side
 */
function reach(one, other, far, side) {
  const [least, most] = [Math.floor(Math.min(one, other) - far), Math.ceil(Math.max(one, other) + far)];
  return /** @type {const} */ ([clamp(least, 0, side), clamp(most, 0, side)]);
}

/**
 * From a spot to the nearest one of a straight way.
 *
 * @param {Spot} spot
 * @param {Spot} from
 * @param {Spot} to
 */
function distance(spot, from, to) {
  const [across, down] = [to.x - from.x, to.y - from.y];
  const squared = across * across + down * down;
  const along = squared ? ((spot.x - from.x) * across + (spot.y - from.y) * down) / squared : 0;
  const share = clamp(along, 0, 1);
  return Math.hypot(spot.x - from.x - share * across, spot.y - from.y - share * down);
}
