// The title of a frame that is wider than what is seen of it stands in the middle of what is seen; that of a net among
// several stands at the left, in sight as long as something of the net is.

import { clamp } from "../../../browser/numbers.js";

/** @import { Box } from "../picture/boxes.js" */
/** @import { Picture } from "../picture/picture.js" */
/** @import { Camera } from "./camera.js" */

const TITLE_ROOM = 90;
const NET_TITLE_ROOM = 280;

/**
 * @param {Picture} picture
 * @param {Camera} camera
 */
export function placeTitles(picture, camera) {
  if (!picture.isStrip) return;
  const left = camera.toDrawing({ x: 0, y: 0 }).x;
  const right = camera.toDrawing({ x: camera.pane.clientWidth, y: 0 }).x;
  for (const { isFrame, box, element } of picture.things.values()) {
    if (!isFrame || box.width < 4 * TITLE_ROOM) continue;
    const isNet = element.classList.contains("network");
    moveWords(element, isNet ? netTitleShift(box, left) : titleShift(box, left, right));
  }
}

/**
 * How far a frame's title goes from the frame's middle, where the drawing is in sight from `left` to `right`.
 *
 * @param {Box} box
 * @param {number} left
 * @param {number} right
 */
export function titleShift({ x, width }, left, right) {
  const seen = (Math.max(x, left) + Math.min(x + width, right)) / 2;
  return clamp(seen, x + TITLE_ROOM, x + width - TITLE_ROOM) - (x + width / 2);
}

/**
 * How far a net's title goes from the net's beginning.
 *
 * @param {Box} box
 * @param {number} left
 */
export function netTitleShift({ x, width }, left) {
  return clamp(left - x, 0, Math.max(0, width - NET_TITLE_ROOM));
}

/**
 * @param {Element} frame
 * @param {number} by
 */
function moveWords(frame, by) {
  for (const line of frame.children) {
    if (line.localName === "text") line.setAttribute("transform", `translate(${by.toFixed(1)} 0)`);
  }
}
