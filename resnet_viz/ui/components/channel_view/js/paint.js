// Tiles onto the canvas: as many in a row as there is room for, each cell enlarged by the same whole factor.

import { EMPTY } from "./numbers.js";

export const GAP = 4;
const MOST_CANVAS = 16000;

// About how wide a tile is to be, in pixels of the page.
function wantedSide(count) {
  return count <= 16 ? 112 : count <= 64 ? 72 : 44;
}

export function layOut(view) {
  const { page } = view;
  const room = Math.max(1, view.pane.clientWidth - 2 * GAP);
  const widest = Math.max(page.width, page.height);
  let zoom = Math.max(1, Math.round(wantedSide(page.count) / widest));
  const fit = () => Math.max(1, Math.floor((room + GAP) / (page.width * zoom + GAP)));
  const highOf = () => Math.ceil(page.count / fit()) * (page.height * zoom + GAP) + GAP;
  const isTooLarge = () => highOf() > MOST_CANVAS || page.width * zoom > room || fit() < Math.min(2, page.count);
  while (zoom > 1 && isTooLarge()) zoom -= 1;
  const columns = Math.min(page.count, fit());
  const pitch = { x: page.width * zoom + GAP, y: page.height * zoom + GAP };
  view.grid = { zoom, columns, pitch };
}

export function paintTiles(view) {
  const { page, canvas, grid } = view;
  canvas.width = grid.columns * grid.pitch.x + GAP;
  canvas.height = Math.ceil(page.count / grid.columns) * grid.pitch.y + GAP;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  const sheet = sheetOf(view);
  for (let place = 0; place < page.count; place++) {
    const spot = spotOf(view, place);
    const size = [page.width * grid.zoom, page.height * grid.zoom];
    context.drawImage(sheet, 0, place * page.height, page.width, page.height, spot.x, spot.y, ...size);
  }
  moveFrames(view);
}

export function spotOf({ grid }, place) {
  return { x: GAP + (place % grid.columns) * grid.pitch.x, y: GAP + Math.floor(place / grid.columns) * grid.pitch.y };
}

// All tiles one below the other, a pixel a cell; what has no value is left clear, so that the page is seen.
export function sheetOf(view) {
  const { page } = view;
  if (view.sheet) return view.sheet;
  const sheet = new OffscreenCanvas(page.width, Math.max(1, page.height * page.count));
  const image = new ImageData(sheet.width, sheet.height);
  const pixels = image.data;
  for (let i = 0; i < page.levels.length; i++) {
    const level = page.levels[i];
    if (level === EMPTY) continue;
    pixels[4 * i] = page.colours[3 * level];
    pixels[4 * i + 1] = page.colours[3 * level + 1];
    pixels[4 * i + 2] = page.colours[3 * level + 2];
    pixels[4 * i + 3] = 255;
  }
  sheet.getContext("2d").putImageData(image, 0, 0);
  view.sheet = sheet;
  return sheet;
}

// The frames of the cursor and of the channel that is shown large: elements, so that they have the theme's colours.
export function moveFrames(view) {
  frameTile(view, view.cursorFrame, view.cursor);
  frameTile(view, view.chosenFrame, view.page.channels.indexOf(view.chosen));
}

function frameTile(view, frame, place) {
  frame.hidden = place < 0 || place >= view.page.count;
  if (frame.hidden) return;
  const { x, y } = spotOf(view, place);
  const { zoom } = view.grid;
  Object.assign(frame.style, {
    left: `${x}px`,
    top: `${y}px`,
    width: `${view.page.width * zoom}px`,
    height: `${view.page.height * zoom}px`,
  });
}
