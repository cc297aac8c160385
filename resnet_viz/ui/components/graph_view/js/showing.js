// One drawing takes another's place: what was acted on stays where it was on the screen, and what had the keyboard has it.

import { focusedAround } from "../../browser/element.js";
import { heldPlace, settleCamera, spotOf } from "./camera/settle.js";
import { middleOf } from "./picture/boxes.js";

/** @import { Opening } from "./asking/opening.js" */
/** @import { Camera } from "./camera/camera.js" */
/** @import { Colours } from "./marks/colours.js" */
/** @import { Focus } from "./marks/focus.js" */
/** @import { Growing } from "./marks/growing.js" */
/** @import { Hits } from "./marks/hits.js" */
/** @import { Selection } from "./marks/selection.js" */
/** @import { Tip } from "./marks/tip.js" */
/** @import { Point } from "./picture/boxes.js" */
/** @import { Thing } from "./picture/drawing.js" */
/** @import { Picture } from "./picture/picture.js" */
/** @import { Shown } from "./picture/shown.js" */

/**
 * @typedef {object} ShowingParts
 * @property {Shown} shown
 * @property {Camera} camera
 * @property {Colours} colours
 * @property {Focus} focus
 * @property {Growing} growing
 * @property {Hits} hits
 * @property {Selection} selection
 * @property {Tip} tip
 * @property {Opening} opening
 */

/**
 * What is to stay: by id what has the keyboard, and what is to be at which place of the pane.
 *
 * @typedef {{ focus: string | null, id: string | null, place: Point | null }} Kept
 */

/**
 * @param {ShowingParts} parts
 * @param {Picture} picture
 * @param {boolean} isDark
 */
export function showPicture(parts, picture, isDark) {
  const { shown, colours, focus, growing, hits, selection, tip, opening } = parts;
  const kept = shown.isDrawn && shown.picture.net === picture.net ? whatStands(parts) : null;
  const isInOtherRows = shown.picture.address === picture.address && parts.camera.isAtStart;
  tip.hide();
  putInPlace(shown, picture);
  colours.takeTheme(isDark);
  focus.begin(picture);
  colours.shade();
  if (kept && opening.acted === null) parts.camera.takeLevel();
  keepInPlace(parts, isInOtherRows ? null : kept);
  keepFocus(parts, kept);
  selection.select(selection.id);
  if (kept) hits.findAgain();
  else if (hits.total) hits.find();
  if (opening.awaited !== null) focus.moveTo(picture.things.get(opening.awaited));
  opening.finish();
  growing.show();
  if (!kept || isInOtherRows) growing.follow();
}

/**
 * @param {Shown} shown
 * @param {Picture} picture
 */
function putInPlace(shown, picture) {
  const { svg, title } = picture;
  shown.picture.svg.remove();
  shown.show(picture);
  svg.classList.remove("coming");
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", title);
}

/**
 * Before a change: what is to stay where it is, and what has the keyboard.
 *
 * @param {ShowingParts} parts
 * @returns {Kept}
 */
function whatStands({ shown: { picture }, camera, selection, opening }) {
  const { acted } = opening;
  const thing = thingToKeep(picture, camera, acted, selection.thing);
  return {
    focus: picture.thingOf(focusedAround(camera.pane))?.id ?? null,
    id: acted ?? thing?.id ?? null,
    place: thing && camera.toPane(spotOf(picture, thing)),
  };
}

/**
 * What was acted on; or else what is selected and in sight, or what is in the middle, unless the drawing is at its
 * beginning.
 *
 * @param {Picture} picture
 * @param {Camera} camera
 * @param {string | null} acted
 * @param {Thing | null} selected
 */
function thingToKeep(picture, camera, acted, selected) {
  const thing = acted === null ? selected : picture.drawnAround(acted);
  if (thing && (acted !== null || camera.isInSight(thing))) return thing;
  const { pane } = camera;
  if (pane.scrollLeft < 1 && pane.scrollTop < 1) return null;
  return nearestTo(picture, camera.toDrawing({ x: pane.clientWidth / 2, y: pane.clientHeight / 2 }));
}

/**
 * @param {Picture} picture
 * @param {Point} spot
 */
function nearestTo({ order }, { x, y }) {
  const distance = (/** @type {Thing} */ thing) => Math.hypot(middleOf(thing.box).x - x, middleOf(thing.box).y - y);
  /** @type {Thing | null} */
  let best = null;
  for (const thing of order) if (!best || distance(thing) < distance(best)) best = thing;
  return best;
}

/**
 * Null is kept of another net: it begins at its beginning.
 *
 * @param {ShowingParts} parts
 * @param {Kept | null} kept
 */
function keepInPlace({ shown: { picture }, camera }, kept) {
  if (!kept) {
    camera.start();
    return;
  }
  const thing = kept.place === null || kept.id === null ? null : picture.counterpart(kept.id);
  if (thing && kept.place) {
    settleCamera(camera, picture, spotOf(picture, thing), heldPlace(camera, thing, kept.place));
    return;
  }
  camera.layOut();
  camera.scroll(0, 0);
}

/**
 * @param {ShowingParts} parts
 * @param {Kept | null} kept
 */
function keepFocus({ shown: { picture }, focus }, kept) {
  const thing = kept?.focus ? picture.counterpart(kept.focus) : null;
  if (thing) focus.take(thing);
}
