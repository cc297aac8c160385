// Clicks and double clicks in the drawing.

import { targetOf } from "../../browser/element.js";
import { canOpen } from "./picture/levels.js";

/** @import { Opening } from "./asking/opening.js" */
/** @import { Camera } from "./camera/camera.js" */
/** @import { Gestures } from "./camera/gestures.js" */
/** @import { Focus } from "./marks/focus.js" */
/** @import { Selection } from "./marks/selection.js" */
/** @import { Tip } from "./marks/tip.js" */
/** @import { Shown } from "./picture/shown.js" */

/**
 * @typedef {object} PointingParts
 * @property {Shown} shown
 * @property {Camera} camera
 * @property {Gestures} gestures
 * @property {Focus} focus
 * @property {Selection} selection
 * @property {Tip} tip
 * @property {Opening} opening
 */

/**
 * @param {PointingParts} parts
 * @param {AbortSignal} on
 */
export function listenToClicks(parts, on) {
  const { pane } = parts.camera;
  pane.addEventListener("click", (event) => onClick(parts, event), { signal: on });
  pane.addEventListener("dblclick", (event) => onDoubleClick(parts, event), { signal: on });
}

/**
 * @param {PointingParts} parts
 * @param {MouseEvent} event
 */
function onClick(parts, event) {
  const { shown, gestures, focus, selection, tip } = parts;
  if (gestures.wasDragged || event.detail > 1) return;
  const thing = thingAt(parts, event);
  if (!thing) {
    if (selection.id !== null) selection.choose(null);
    return;
  }
  focus.take(thing);
  tip.hide();
  selection.choose(thing.id, canOpen(shown.picture.facts, thing.id) || thing.isFrame);
}

/**
 * @param {PointingParts} parts
 * @param {MouseEvent} event
 */
function onDoubleClick(parts, event) {
  const { shown, gestures, opening } = parts;
  if (gestures.wasDragged) return;
  const thing = thingAt(parts, event);
  if (!thing) return;
  event.preventDefault();
  const isNet = shown.picture.factsOf(thing.id)?.kind === "network";
  if (!opening.open(thing.id) && thing.isFrame && !isNet) opening.close(thing.id);
}

/**
 * What was clicked: a box or title, or the frame around the spot.
 *
 * @param {PointingParts} parts
 * @param {MouseEvent} event
 */
function thingAt({ shown: { picture }, camera }, event) {
  return picture.thingOf(targetOf(event)) ?? picture.frameAt(camera.toDrawing(camera.inPane(event)));
}
