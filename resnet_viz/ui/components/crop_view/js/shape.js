// The part as shares of the picture: it stays inside, and keeps the shape of the net's input.

import { clamp } from "../../browser/numbers.js";

const MOST_ZOOM = 16;
const DIGITS = 1e4;

// How many times the share of the width is that of the height.
function ratioOf({ size, input }) {
  return input[1] / size[1] / (input[0] / size[0]);
}

function widest(page) {
  return Math.min(1, ratioOf(page));
}

function least(page) {
  return Math.max(widest(page) / MOST_ZOOM, 1 / DIGITS, ratioOf(page) / DIGITS);
}

// A part of some width around the middle of another one, pushed back from the edges.
export function resized(page, crop, wanted) {
  const width = clamp(wanted, Math.min(least(page), widest(page)), widest(page));
  const height = width / ratioOf(page);
  return pushedBack({
    left: crop.left + (crop.width - width) / 2,
    top: crop.top + (crop.height - height) / 2,
    width,
    height,
  });
}

// A part of which the corner at `fixed` stays where it is, as wide as the pointer says and as there is room for.
export function stretched(page, fixed, towards, pointer) {
  const ratio = ratioOf(page);
  const [roomAcross, roomDown] = [towards.x > 0 ? 1 - fixed.x : fixed.x, towards.y > 0 ? 1 - fixed.y : fixed.y];
  const wanted = Math.max((pointer.x - fixed.x) * towards.x, (pointer.y - fixed.y) * towards.y * ratio);
  const most = Math.min(roomAcross, roomDown * ratio);
  const width = clamp(wanted, Math.min(least(page), most), most);
  const height = width / ratio;
  return {
    left: towards.x > 0 ? fixed.x : fixed.x - width,
    top: towards.y > 0 ? fixed.y : fixed.y - height,
    width,
    height,
  };
}

export function pushedBack(crop) {
  return { ...crop, left: clamp(crop.left, 0, 1 - crop.width), top: clamp(crop.top, 0, 1 - crop.height) };
}

export function rounded({ left, top, width, height }) {
  return [left, top, width, height].map((share) => Math.round(share * DIGITS) / DIGITS);
}
