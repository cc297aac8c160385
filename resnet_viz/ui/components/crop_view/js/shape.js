// The part as shares of the picture: it stays inside, and keeps the shape of the net's input.

import { clamp } from "../../browser/numbers.js";

/** @import { FramingHeader } from "../../payloads.d.ts" */

/** @typedef {{ left: number, top: number, width: number, height: number }} Crop */

/**
 * What decides the frame's shape: heights and widths of the picture and of the net's input, and the least share.
 *
 * @typedef {Pick<FramingHeader, "size" | "input" | "least">} Sizes
 */

/** @typedef {{ x: number, y: number }} Spot */

const MOST_ZOOM = 16;

/**
 * How many times the share of the width is that of the height.
 *
 * @param {Sizes} sizes
 */
function ratioOf({ size, input }) {
  return input[1] / size[1] / (input[0] / size[0]);
}

/** @param {Sizes} sizes */
function widest(sizes) {
  return Math.min(1, ratioOf(sizes));
}

/** @param {Sizes} sizes */
function narrowest(sizes) {
  return Math.max(widest(sizes) / MOST_ZOOM, sizes.least, ratioOf(sizes) * sizes.least);
}

/**
 * A part of some width around the middle of another one, pushed back from the edges.
 *
 * @param {Sizes} sizes
 * @param {Crop} crop
 * @param {number} wanted
 */
export function resized(sizes, crop, wanted) {
  const width = clamp(wanted, Math.min(narrowest(sizes), widest(sizes)), widest(sizes));
  const height = width / ratioOf(sizes);
  return pushedBack({
    left: crop.left + (crop.width - width) / 2,
    top: crop.top + (crop.height - height) / 2,
    width,
    height,
  });
}

/**
 * A part of which one corner is drawn, by a way in shares of the picture; the corner across from it stays.
 *
 * @param {Sizes} sizes
 * @param {Crop} crop
 * @param {Spot} towards the corner, from the middle: -1 to the left and above, 1 to the right and below
 * @param {Spot} way
 */
export function drawnAt(sizes, crop, towards, way) {
  const [right, bottom] = [crop.left + crop.width, crop.top + crop.height];
  const [isRight, isBelow] = [towards.x > 0, towards.y > 0];
  const fixed = { x: isRight ? crop.left : right, y: isBelow ? crop.top : bottom };
  const corner = { x: (isRight ? right : crop.left) + way.x, y: (isBelow ? bottom : crop.top) + way.y };
  return stretched(sizes, fixed, towards, corner);
}

/**
 * A part of which the corner at `fixed` stays where it is, as wide as the pointer says and as there is room for.
 *
 * @param {Sizes} sizes
 * @param {Spot} fixed
 * @param {Spot} towards
 * @param {Spot} pointer
 */
function stretched(sizes, fixed, towards, pointer) {
  const ratio = ratioOf(sizes);
  const [roomAcross, roomDown] = [towards.x > 0 ? 1 - fixed.x : fixed.x, towards.y > 0 ? 1 - fixed.y : fixed.y];
  const wanted = Math.max((pointer.x - fixed.x) * towards.x, (pointer.y - fixed.y) * towards.y * ratio);
  const most = Math.min(roomAcross, roomDown * ratio);
  const width = clamp(wanted, Math.min(narrowest(sizes), most), most);
  const height = width / ratio;
  return {
    left: towards.x > 0 ? fixed.x : fixed.x - width,
    top: towards.y > 0 ? fixed.y : fixed.y - height,
    width,
    height,
  };
}

/**
 * A part of the same size, moved by a way in shares of the picture as far as there is room.
 *
 * @param {Crop} crop
 * @param {Spot} way
 */
export function moved(crop, { x, y }) {
  return pushedBack({ ...crop, left: crop.left + x, top: crop.top + y });
}

/** @param {Crop} crop */
function pushedBack(crop) {
  return { ...crop, left: clamp(crop.left, 0, 1 - crop.width), top: clamp(crop.top, 0, 1 - crop.height) };
}

/**
 * A part as it is told to Python: left, top, width and height.
 *
 * @param {Sizes} sizes
 * @param {Crop} crop
 */
export function rounded({ least }, { left, top, width, height }) {
  const steps = Math.round(1 / least);
  return [left, top, width, height].map((share) => Math.round(share * steps) / steps);
}
