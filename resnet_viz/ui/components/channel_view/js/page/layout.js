// Where tiles lie: as many in a row as there is room for, each cell enlarged by the same whole factor. All in pixels.

/** @import { Cell, Page } from "./unpack.js" */

/**
 * How tiles lie on the board; `pitch` leads from one to the next.
 *
 * @typedef {{ zoom: number, columns: number, pitch: { x: number, y: number } }} Grid
 */

export const GAP = 4;
const MOST_CANVAS = 16000;
const LARGE_SIDE = 320;
const LEAST_LARGE_SIDE = 120;
const BESIDE_LARGE = 100;

/** @type {Grid} */
export const NO_GRID = { zoom: 1, columns: 1, pitch: { x: 1, y: 1 } };

/**
 * About how wide a tile is to be.
 *
 * @param {number} count
 */
function wantedSide(count) {
  return count <= 16 ? 112 : count <= 64 ? 72 : 44;
}

/**
 * @param {Page} page
 * @param {number} room how wide the board may be
 * @returns {Grid}
 */
export function layOut({ width, height, count }, room) {
  const inside = Math.max(1, room - 2 * GAP);
  let zoom = Math.max(1, Math.round(wantedSide(count) / Math.max(width, height)));
  const fit = () => Math.max(1, Math.floor((inside + GAP) / (width * zoom + GAP)));
  const highOf = () => Math.ceil(count / fit()) * (height * zoom + GAP) + GAP;
  const isTooLarge = () => highOf() > MOST_CANVAS || width * zoom > inside || fit() < Math.min(2, count);
  while (zoom > 1 && isTooLarge()) zoom -= 1;
  const pitch = { x: width * zoom + GAP, y: height * zoom + GAP };
  return { zoom, columns: Math.min(count, fit()), pitch };
}

/**
 * @param {Page} page
 * @param {Grid} grid
 */
export function boardSize({ count }, { columns, pitch }) {
  return { width: columns * pitch.x + GAP, height: count ? Math.ceil(count / columns) * pitch.y + GAP : 0 };
}

/**
 * The left upper corner of a tile.
 *
 * @param {Grid} grid
 * @param {number} place
 */
export function spotOf({ columns, pitch }, place) {
  return { x: GAP + (place % columns) * pitch.x, y: GAP + Math.floor(place / columns) * pitch.y };
}

/**
 * The cell at a spot of the board; null over a gap.
 *
 * @param {Page} page
 * @param {Grid} grid
 * @param {{ x: number, y: number }} spot
 * @returns {Cell | null}
 */
export function cellAt(page, grid, spot) {
  const [x, y] = [spot.x - GAP, spot.y - GAP];
  const [tileColumn, tileRow] = [Math.floor(x / grid.pitch.x), Math.floor(y / grid.pitch.y)];
  const column = Math.floor((x - tileColumn * grid.pitch.x) / grid.zoom);
  const row = Math.floor((y - tileRow * grid.pitch.y) / grid.zoom);
  const place = tileRow * grid.columns + tileColumn;
  const isTile = x >= 0 && y >= 0 && tileColumn < grid.columns && place < page.count;
  return isTile && row < page.height && column < page.width ? { place, row, column } : null;
}

/**
 * By how much the cells of the channel that is shown large are enlarged.
 *
 * @param {Page} page
 * @param {number} room
 */
export function largeZoom({ width, height }, room) {
  const most = Math.min(LARGE_SIDE, Math.max(LEAST_LARGE_SIDE, room - BESIDE_LARGE));
  return Math.max(1, Math.floor(most / Math.max(width, height)));
}

/**
 * The cell at a spot of one tile alone; null beyond its edges.
 *
 * @param {Page} page
 * @param {number} zoom
 * @param {{ x: number, y: number }} spot
 */
export function cellOfOne({ width, height }, zoom, { x, y }) {
  const [row, column] = [Math.floor(y / zoom), Math.floor(x / zoom)];
  return row >= 0 && column >= 0 && row < height && column < width ? { row, column } : null;
}
