// How much larger type is on a projector: the smallest of the drawing and of the components, of 11 pixels, is then a
// fortieth of the window's height. Narrow windows get less.

const SMALLEST_TYPE = 11;
const LINES = 40;
/** So many pixels of width a page needs for each pixel that its usual type would have. */
const WIDTH = 560;

/** @param {{ innerWidth: number, innerHeight: number }} window */
export function projectorScale({ innerWidth, innerHeight }) {
  const scale = Math.max(1, Math.min(innerHeight / LINES / SMALLEST_TYPE, innerWidth / WIDTH));
  return Math.ceil(scale * 1000) / 1000;
}
