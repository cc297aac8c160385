// Keeping a spot of the drawing where it is on the screen while the drawing changes: by scrolling the pane, then the page,
// then with empty room.

import { clamp } from "../../../browser/numbers.js";
import { middleOf } from "../picture/boxes.js";
import { isInRows } from "../picture/shown.js";
import { EDGE } from "./scale.js";

/** @import { Point } from "../picture/boxes.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { Picture } from "../picture/picture.js" */
/** @import { Camera } from "./camera.js" */

const LOWEST_PANE = 120;

/**
 * The spot of a thing that is to stand still: where the net enters it. A box and the frame it becomes share it.
 *
 * @param {Picture} picture
 * @param {Thing} thing
 * @returns {Point}
 */
export function spotOf(picture, thing) {
  const isOnShortcut = (/** @type {Thing} */ { id }) =>
    picture.chainOf(id).some((around) => picture.factsOf(around)?.branches?.bypass.includes(id));
  const entry = middleOf((picture.boxesIn(thing).find((box) => !isOnShortcut(box)) ?? thing).box);
  return picture.isStrip ? { x: thing.box.x, y: entry.y } : { x: entry.x, y: thing.box.y };
}

/**
 * Where what stood at a place of the pane is to stand now. What stood with its beginning out of sight is now small enough
 * to be seen, or was: it stays in sight. What was opened at the far edge shows at least half a pane of what is in it.
 *
 * @param {Camera} camera
 * @param {Thing} thing
 * @param {Point} place
 * @returns {Point}
 */
export function heldPlace({ pane, scale }, thing, place) {
  const shown = Math.min(thing.box.width * scale + EDGE, pane.clientWidth / 2);
  const x = clamp(place.x, EDGE / 2, pane.clientWidth - (thing.isFrame ? shown : EDGE));
  return { x, y: Math.max(EDGE / 2, place.y) };
}

/**
 * Rows that fit into the pane stay whole: in them a spot keeps its height only.
 *
 * @param {Camera} camera
 * @param {Picture} picture
 * @param {Point} spot of the drawing
 * @param {Point} wanted place of the pane
 */
export function settleCamera(camera, picture, spot, wanted) {
  camera.layOut();
  const { pane } = camera;
  const from = camera.toSheet({ x: 0, y: 0 }).x;
  const at = camera.toSheet(spot);
  const isWhole = isInRows(picture.address) && picture.size.width * camera.scale <= camera.room.width;
  const place = isWhole ? { x: at.x, y: wanted.y } : wanted;
  const [left, top] = [at.x - place.x, at.y - place.y];
  const most = { left: pane.scrollWidth - pane.clientWidth, top: pane.scrollHeight - pane.clientHeight };
  let over = top - clamp(top, 0, most.top);
  over -= nudgePage(pane, over);
  const isShort = left < 0 || left > most.left;
  if (isShort || Math.abs(over) >= 1) {
    const { width } = camera.room;
    const drawn = picture.size.width * camera.scale;
    const height = over > 0 ? Math.max(LOWEST_PANE, pane.clientHeight - over) : null;
    const bottom = height === null ? 0 : over - (pane.clientHeight - height);
    const pads = { left: 0, top: Math.max(0, -over), right: 0, bottom };
    if (isShort) {
      pads.left = Math.max(0, from - left);
      pads.right = Math.max(0, left - from + width - drawn, drawn < width ? 1 : 0);
    }
    camera.layOut(pads, height);
  }
  camera.scrollTo(spot, place);
}

/**
 * Scroll whatever the drawing's view stands in; returns how far that went.
 *
 * @param {HTMLElement} pane
 * @param {number} distance
 */
function nudgePage(pane, distance) {
  if (Math.abs(distance) < 1) return 0;
  for (let at = around(pane); at; at = around(at)) {
    if (at.scrollHeight <= at.clientHeight || !/auto|scroll/.test(getComputedStyle(at).overflowY)) continue;
    const before = at.scrollTop;
    at.scrollTop = before + distance;
    return at.scrollTop - before;
  }
  return 0;
}

/**
 * The element around another, also out of a shadow.
 *
 * @param {Element} element
 * @returns {Element | null}
 */
function around({ parentNode }) {
  return parentNode instanceof ShadowRoot ? parentNode.host : parentNode instanceof Element ? parentNode : null;
}
