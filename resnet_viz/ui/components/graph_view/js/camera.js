// What part of the drawing is in sight, and how large. The pane scrolls natively; the drawing's size and place in it
// are set here. A scale of 1 shows a point as a pixel, so that type has 11 pixels at least; where all type is larger, the
// natural size is that much larger.

import { clamp } from "../../browser/numbers.js";
import { middleOf } from "./drawing.js";
import { boxesIn, drawnAround } from "./kin.js";
import { focusThing } from "./walk.js";

const SMALLEST = 0.1;
const LARGEST = 8;
const LARGEST_FIT = 1.5;
export const STEP = 1.25;
export const EDGE = 16;
const LOWEST_PANE = 120;

// How much larger type is than usual: the page's root element says it.
export function typeScale(view) {
  return Number(getComputedStyle(view.root).getPropertyValue("--type-scale")) || 1;
}

// Type became larger or smaller: so does the drawing, about the middle of what is seen; a beginning stays a beginning.
export function takeTypeScale(view) {
  const ratio = typeScale(view) / view.camera.type;
  view.camera.type *= ratio;
  if (!view.svg || ratio === 1) return;
  if (view.camera.isAtStart) startCamera(view);
  else zoomBy(view, ratio);
}

export function makeCamera() {
  return { scale: 1, type: 1, isAtStart: true, pads: { left: 0, top: 0, right: 0, bottom: 0 }, origin: { x: 0, y: 0 } };
}

// The room there is: the pane's width, and the height it may grow to.
export function roomOf(view) {
  return { width: view.pane.clientWidth || view.size.width, height: Math.min(window.innerHeight * 0.72, 760) };
}

export function fitScale(view, size = view.size) {
  const room = roomOf(view);
  return clamp(Math.min(room.width / size.width, room.height / size.height), SMALLEST, LARGEST_FIT * view.camera.type);
}

// A net that is new here begins at its beginning: as large as fits, but never with type too small to read.
export function startCamera(view) {
  Object.assign(view.camera, { scale: startScale(view), isAtStart: true });
  view.lastWidth = view.pane.clientWidth;
  layOut(view);
  scrollPane(view, 0, 0);
}

export function startScale(view, size = view.size) {
  return Math.max(view.camera.type, fitScale(view, size));
}

export function layOut(view, pads = { left: 0, top: 0, right: 0, bottom: 0 }, height = null) {
  const { camera, size, pane, sheet, svg } = view;
  const [width, tall] = [size.width * camera.scale, size.height * camera.scale];
  pane.style.maxHeight = height === null ? "" : `${height}px`;
  const isPadded = pads.left > 0 || pads.right > 0;
  const spare = isPadded ? 0 : Math.max(0, (roomOf(view).width - width) / 2);
  camera.pads = pads;
  camera.origin = { x: pads.left + spare, y: pads.top };
  sheet.style.width = `${Math.floor(pads.left + width + pads.right)}px`;
  sheet.style.height = `${Math.floor(pads.top + tall + pads.bottom)}px`;
  if (svg.getAttribute("width") !== String(width)) {
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(tall));
  }
  svg.style.left = `${camera.origin.x}px`;
  svg.style.top = `${camera.origin.y}px`;
  view.afterMove();
}

export function scrollPane(view, left, top) {
  view.pane.scrollLeft = left;
  view.pane.scrollTop = top;
  view.afterMove();
}

// From a place in the pane, in pixels, to a place in the drawing, and back.
export function toDrawing(view, { x, y }) {
  const { pane, camera } = view;
  return {
    x: (x + pane.scrollLeft - camera.origin.x) / camera.scale,
    y: (y + pane.scrollTop - camera.origin.y) / camera.scale,
  };
}

export function toPane(view, { x, y }) {
  const { pane, camera } = view;
  return {
    x: x * camera.scale + camera.origin.x - pane.scrollLeft,
    y: y * camera.scale + camera.origin.y - pane.scrollTop,
  };
}

export function inPane(view, { clientX, clientY }) {
  const place = view.pane.getBoundingClientRect();
  return { x: clientX - place.left, y: clientY - place.top };
}

// Zoom so that what is under a place of the pane stays there, as far as the drawing reaches.
export function zoomTo(view, scale, place = { x: view.pane.clientWidth / 2, y: view.pane.clientHeight / 2 }) {
  if (!view.svg) return;
  const spot = toDrawing(view, place);
  Object.assign(view.camera, { scale: clamp(scale, SMALLEST, LARGEST), isAtStart: false });
  layOut(view);
  const { camera } = view;
  scrollPane(
    view,
    spot.x * camera.scale + camera.origin.x - place.x,
    spot.y * camera.scale + camera.origin.y - place.y,
  );
}

export function zoomBy(view, factor, place) {
  zoomTo(view, view.camera.scale * factor, place);
}

export function isInSight(view, thing) {
  const { x, y } = toPane(view, thing.box);
  const { pane, camera } = view;
  const [width, height] = [thing.box.width * camera.scale, thing.box.height * camera.scale];
  return x >= -1 && y >= -1 && x + width <= pane.clientWidth + 1 && y + height <= pane.clientHeight + 1;
}

// Scroll as little as it takes; a thing larger than the pane is shown from its beginning.
export function bringIntoSight(view, thing, isCentred = false) {
  const { x, y } = toPane(view, thing.box);
  const { pane, camera } = view;
  const shift = (at, length, room) => {
    if (length + 2 * EDGE > room) return at < 0 || at > room - EDGE ? at - EDGE : 0;
    if (isCentred) return at + length / 2 - room / 2;
    return Math.min(0, at - EDGE) || Math.max(0, at + length + EDGE - room);
  };
  scrollPane(
    view,
    pane.scrollLeft + shift(x, thing.box.width * camera.scale, pane.clientWidth),
    pane.scrollTop + shift(y, thing.box.height * camera.scale, pane.clientHeight),
  );
}

export function goToSelection(view) {
  const thing = drawnAround(view, view.selected);
  if (!thing) return;
  bringIntoSight(view, thing, true);
  focusThing(view, thing);
}

// The spot of a thing that is to stand still: where the net enters it. A box and the frame it becomes share it.
export function spotOf(view, thing) {
  const entry = middleOf((boxesIn(view, thing)[0] ?? thing).box);
  return view.isStrip ? { x: thing.box.x, y: entry.y } : { x: entry.x, y: thing.box.y };
}

// Put a spot of the drawing to a place of the pane: by scrolling the pane, then the page, then with empty room.
export function settleCamera(view, spot, place) {
  layOut(view);
  const { pane, camera } = view;
  const left = spot.x * camera.scale + camera.origin.x - place.x;
  const top = spot.y * camera.scale + camera.origin.y - place.y;
  const most = { left: pane.scrollWidth - pane.clientWidth, top: pane.scrollHeight - pane.clientHeight };
  let over = top - clamp(top, 0, most.top);
  over -= nudgePage(view, over);
  const centred = camera.origin.x;
  const isShort = left < 0 || left > most.left;
  if (isShort || Math.abs(over) >= 1) {
    const { width } = roomOf(view);
    const drawn = view.size.width * camera.scale;
    const height = over > 0 ? Math.max(LOWEST_PANE, pane.clientHeight - over) : null;
    const bottom = over > 0 ? over - (pane.clientHeight - height) : 0;
    const pads = { left: 0, top: Math.max(0, -over), right: 0, bottom };
    if (isShort) {
      pads.left = Math.max(0, centred - left);
      pads.right = Math.max(0, left - centred + width - drawn, drawn < width ? 1 : 0);
    }
    layOut(view, pads, height);
  }
  scrollPane(
    view,
    spot.x * camera.scale + camera.origin.x - place.x,
    spot.y * camera.scale + camera.origin.y - place.y,
  );
}

// Scroll whatever the graph stands in; gives how far that went.
function nudgePage(view, distance) {
  if (Math.abs(distance) < 1) return 0;
  for (let at = view.root; at; at = at.parentNode ?? at.host) {
    if (!(at instanceof Element) || at === view.pane) continue;
    if (at.scrollHeight <= at.clientHeight || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    const before = at.scrollTop;
    at.scrollTop = before + distance;
    return at.scrollTop - before;
  }
  return 0;
}

export function whereCamera({ camera, pane }) {
  return { scale: camera.scale, left: pane.scrollLeft, top: pane.scrollTop };
}
