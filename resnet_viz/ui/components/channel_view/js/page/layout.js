// Where tiles lie: so many in a row that the width is used. Above each stands its number. All in pixels of the page.

/** @import { Cell, Page } from "./unpack.js" */

/**
 * How tiles lie on the board. `zoom` is how large a cell is: a whole number where a map is enlarged to twice its size or
 * more, so that its cells are alike. `pitch` leads from one tile to the next, and `label` is the height of the number.
 *
 * @typedef {{ zoom: number, columns: number, label: number, pitch: { x: number, y: number } }} Grid
 */

export const GAP = 4;
export const LEAST_SIDE = 40;
const MOST_SIDE = 256;
const MOST_CANVAS = 16000;
const LARGE_SIDE = 320;
const LEAST_LARGE_SIDE = 112;
const BESIDE_LARGE = 90;

/** @type {Grid} */
export const NO_GRID = { zoom: 1, columns: 1, label: 0, pitch: { x: 1, y: 1 } };

/**
 * About how wide a tile is to be: few may fill the row, and what is one cell needs little.
 *
 * @param {Page} page
 * @param {number} inside
 */
function wantedSide({ count, width, height }, inside) {
  if (width * height === 1) return 48;
  return Math.max(count <= 16 ? 112 : count <= 64 ? 80 : 48, Math.min(MOST_SIDE, inside / count - GAP));
}

/**
 * @param {Page} page
 * @param {number} room how wide the board may be
 * @param {number} [label]
 * @returns {Grid}
 */
export function layOut(page, room, label = 0) {
  const inside = Math.max(1, room - GAP);
  // High maps are narrower, so that none is higher than a wide one is wide.
  const wanted = Math.max(1, (wantedSide(page, inside) * page.width) / Math.max(page.width, page.height));
  const usual = Math.max(1, Math.round(inside / (wanted + GAP)));
  const most = Math.max(1, Math.floor(inside / (Math.min(wanted, LEAST_SIDE) + GAP)));
  const grids = [];
  // So few that they are half as large again, or so many that they are two thirds of it.
  for (let columns = Math.ceil(usual / 1.5); columns <= Math.min(most, Math.ceil(usual * 1.5)); columns++) {
    grids.push(gridOf(page, inside, columns, label));
  }
  const usable = grids.filter(
    ({ pitch }) => Math.ceil(page.count / columnsIn(inside, pitch.x)) * pitch.y <= MOST_CANVAS,
  );
  const [first, ...others] = usable.length ? usable : [gridOf(page, inside, most, label)];
  const cost = (/** @type {Grid} */ grid) =>
    2 * unusedShare(page, inside, grid) + Math.abs(grid.columns / usual - 1) / 2;
  const best = others.reduce((least, grid) => (cost(grid) < cost(least) ? grid : least), first);
  return { ...best, columns: Math.max(1, Math.min(page.count, best.columns)) };
}

/**
 * @param {number} inside
 * @param {number} pitch
 */
function columnsIn(inside, pitch) {
  return Math.max(1, Math.floor(inside / pitch));
}

/**
 * So many tiles in a row; what is left over of the width lies between them.
 *
 * @param {Page} page
 * @param {number} inside
 * @param {number} columns
 * @param {number} label
 * @returns {Grid}
 */
function gridOf({ width, height, count }, inside, columns, label) {
  const most = Math.max(1, Math.floor(inside / columns) - GAP);
  const zoom = most >= width ? Math.floor(most / width) : most / width;
  const isFull = count >= columns;
  const x = isFull ? Math.floor(inside / columns) : width * zoom + GAP;
  return { zoom, columns, label, pitch: { x, y: height * zoom + GAP + label } };
}

/**
 * @param {Page} page
 * @param {number} inside
 * @param {Grid} grid
 */
function unusedShare({ width }, inside, { zoom, columns }) {
  return 1 - (columns * (width * zoom + GAP)) / inside;
}

/**
 * @param {Page} page
 * @param {Grid} grid
 */
export function boardSize({ count }, { columns, pitch }) {
  return { width: columns * pitch.x + GAP, height: count ? Math.ceil(Math.ceil(count / columns) * pitch.y) + GAP : 0 };
}

/**
 * The left upper corner of a tile's map; its number stands above.
 *
 * @param {Grid} grid
 * @param {number} place
 */
export function spotOf({ columns, pitch, label }, place) {
  return { x: GAP + (place % columns) * pitch.x, y: GAP + label + Math.floor(place / columns) * pitch.y };
}

/**
 * The cell at a spot of the board; null over a gap or a number.
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
  const row = Math.floor((y - tileRow * grid.pitch.y - grid.label) / grid.zoom);
  const place = tileRow * grid.columns + tileColumn;
  const isTile = x >= 0 && y >= 0 && row >= 0 && tileColumn < grid.columns && place < page.count;
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
