// Points, boxes and curves, in the drawing's own measure.

import { clamp } from "../../../browser/numbers.js";

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ width: number, height: number }} Size */
/** @typedef {Point & Size} Box */

/**
 * The box around points, which are listed as x, y, x, y, …
 *
 * @param {number[]} points
 * @returns {Box}
 */
export function boxAround(points) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/**
 * @param {Box} box
 * @returns {Point}
 */
export function middleOf(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/**
 * Is a point in a box, or at most so far from it?
 *
 * @param {Box} box
 * @param {Point} point
 */
export function isNear(box, { x, y }, reach = 0) {
  const [right, bottom] = [box.x + box.width, box.y + box.height];
  return x >= box.x - reach && x <= right + reach && y >= box.y - reach && y <= bottom + reach;
}

/**
 * @param {Box} one
 * @param {Box} other
 */
export function overlaps(one, other) {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

/**
 * How far a point is from a path of cubic curves, which is walked in short steps.
 *
 * @param {number[]} points
 * @param {Point} point
 */
export function distanceTo(points, { x, y }) {
  let nearest = Infinity;
  for (let i = 0; i + 7 < points.length; i += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = points.slice(i, i + 8);
    const steps = clamp(Math.ceil((Math.abs(x3 - x0) + Math.abs(y3 - y0)) / 4), 4, 200);
    for (let step = 0; step <= steps; step++) {
      const t = step / steps;
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
      nearest = Math.min(
        nearest,
        Math.hypot(a * x0 + b * x1 + c * x2 + d * x3 - x, a * y0 + b * y1 + c * y2 + d * y3 - y),
      );
    }
  }
  return nearest;
}
