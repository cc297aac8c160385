// What comes before and after a box or frame, along the wires.

/** @import { Thing, Wire } from "./drawing.js" */
/** @import { Picture } from "./picture.js" */
/** @typedef {"ins" | "outs"} Way */

/**
 * The wires that enter or leave a thing; of a frame, those that cross it.
 *
 * @param {Picture} picture
 * @param {Thing} thing
 * @param {Way} way
 * @returns {Wire[]}
 */
function wiresOf(picture, thing, way) {
  if (!thing.isFrame) return thing[way];
  const inside = new Set(picture.boxesIn(thing).map((box) => box.id));
  return picture.wires.filter(({ src, dst }) =>
    way === "ins" ? !inside.has(src) && inside.has(dst) : inside.has(src) && !inside.has(dst),
  );
}

/**
 * @param {Picture} picture
 * @param {Thing} thing
 * @param {Way} way
 */
export function neighboursOf(picture, thing, way) {
  const ids = new Set(wiresOf(picture, thing, way).map((wire) => endOf(wire, way)));
  return [...ids].flatMap((id) => picture.things.get(id) ?? []);
}

/**
 * The one neighbour that a key leads to: along the shortcut or along the main branch, where there is a choice.
 *
 * @param {Picture} picture
 * @param {Thing} thing
 * @param {Way} way
 * @param {boolean} prefersShortcut
 */
export function nextAlong(picture, thing, way, prefersShortcut) {
  const wires = wiresOf(picture, thing, way);
  const wire = wires.find(({ isShortcut }) => isShortcut === prefersShortcut) ?? wires[0];
  return wire ? (picture.things.get(endOf(wire, way)) ?? null) : null;
}

/**
 * @param {Wire} wire
 * @param {Way} way
 */
function endOf({ src, dst }, way) {
  return way === "ins" ? src : dst;
}
