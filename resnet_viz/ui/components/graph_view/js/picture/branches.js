// A block's two branches, as boxes and wires at whatever level is drawn.

/** @import { Thing, Wire } from "./drawing.js" */
/** @import { Picture } from "./picture.js" */
/** @typedef {{ residual: Set<Thing>, bypass: Set<Thing>, add: Thing | null }} Branches */
/** @typedef {"residual" | "bypassing"} Branch */

/**
 * The boxes that stand for the branches; null for what is no drawn block or run.
 *
 * @param {Picture} picture
 * @param {string | null} id
 * @returns {Branches | null}
 */
export function branchesOf(picture, id) {
  const branches = id === null ? undefined : picture.factsOf(id)?.branches;
  if (id === null || !branches || !picture.things.has(id)) return null;
  const drawn = (/** @type {string[]} */ ids) =>
    new Set(ids.flatMap((part) => picture.drawnAround(part) ?? []).filter((thing) => !thing.isFrame));
  const add = branches.add === null ? null : (picture.things.get(branches.add) ?? null);
  return { residual: drawn(branches.residual), bypass: drawn(branches.bypass), add };
}

/**
 * The wires of the branches, each with the one that it belongs to.
 *
 * @param {Picture} picture
 * @param {Branches} branches
 */
export function branchWires(picture, { residual, bypass, add }) {
  /** @type {(set: Set<Thing>, id: string) => boolean} */
  const isIn = (set, id) => {
    const thing = picture.things.get(id);
    return thing !== undefined && set.has(thing);
  };
  /** @type {[Wire, Branch][]} */
  const found = [];
  for (const wire of picture.wires) {
    const { src, dst, isShortcut } = wire;
    const isLast = dst === add?.id;
    if (isIn(bypass, dst) || (isIn(bypass, src) && isLast)) found.push([wire, "bypassing"]);
    else if (isIn(residual, dst) || (isIn(residual, src) && isLast)) found.push([wire, "residual"]);
    else if (isLast && isShortcut) found.push([wire, "bypassing"]);
  }
  return found;
}
