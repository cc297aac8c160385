// By keyboard: arrows move the frame, plus and minus resize it, Home or Escape bring the weights' own part back.

import { focusedAround, handled } from "../../browser/element.js";
import { arrowOf, hasModifier } from "../../browser/grid.js";
import { moved, resized } from "./shape.js";

/** @import { Choice } from "./choice.js" */
/** @import { Dragging } from "./drag.js" */
/** @import { Stage } from "./stage.js" */

const STEP = 0.02;
const LARGE_STEP = 0.1;
const ZOOM_STEP = 1.1;
const ZOOMS = new Map([
  ["+", ZOOM_STEP],
  ["=", ZOOM_STEP],
  ["-", 1 / ZOOM_STEP],
  ["_", 1 / ZOOM_STEP],
]);

/**
 * @param {Stage} stage
 * @param {Choice} choice
 * @param {Dragging} dragging
 * @param {AbortSignal} on
 */
export function listenToKeys(stage, choice, dragging, on) {
  const { frame, button } = stage;
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (hasModifier(event) || dragging.isUnderWay) return;
    if (moveBy(choice, event) || zoomBy(choice, event) || goBack(stage, choice, event)) handled(event);
  };
  frame.addEventListener("keydown", onKey, { signal: on });
  // Whoever leaves has finished.
  frame.addEventListener("blur", () => choice.isWaiting && choice.tellNow(), { signal: on });
  button.addEventListener("click", () => toMiddle(stage, choice), { signal: on });
}

/**
 * @param {Choice} choice
 * @param {KeyboardEvent} event
 */
function moveBy(choice, event) {
  const way = arrowOf(event);
  if (!way) return false;
  const step = event.shiftKey ? LARGE_STEP : STEP;
  choice.set(moved(choice.crop, { x: way.across * step, y: way.down * step }));
  choice.tellSoon();
  return true;
}

/**
 * @param {Choice} choice
 * @param {KeyboardEvent} event
 */
function zoomBy(choice, { key }) {
  const times = ZOOMS.get(key);
  if (!times) return false;
  choice.set(resized(choice.framing, choice.crop, choice.crop.width * times));
  choice.tellSoon();
  return true;
}

/**
 * @param {Stage} stage
 * @param {Choice} choice
 * @param {KeyboardEvent} event
 */
function goBack(stage, choice, { key }) {
  if (key !== "Home" && !(key === "Escape" && choice.isOwn)) return false;
  toMiddle(stage, choice);
  return true;
}

/**
 * @param {Stage} stage
 * @param {Choice} choice
 */
function toMiddle({ frame, button }, choice) {
  // A button that is switched off loses the focus to nowhere.
  if (focusedAround(button) === button) frame.focus({ preventScroll: true });
  choice.toMiddle();
}
