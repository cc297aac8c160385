// Which level a part is at, and which comes before and after it.

/** @import { Facts } from "./kin.js" */
import { chainOf, factsIn } from "./kin.js";

/**
 * The levels that a part can be shown at; none for what has no parts.
 *
 * @param {Facts} facts
 * @param {string} id
 * @returns {string[]}
 */
export function levelsOf(facts, id) {
  return factsIn(facts, id)?.levels ?? [];
}

/**
 * One level deeper; null where there is none, and for the whole net. The level of a stage whose blocks differ counts as
 * its lowest.
 *
 * @param {Facts} facts
 * @param {string} id
 */
export function levelBelow(facts, id) {
  const known = factsIn(facts, id);
  if (!known || known.kind === "network") return null;
  const levels = levelsOf(facts, id);
  // A block that is folded by itself would only gain two lines: what is in it comes next.
  if (known.level === "folded" && !levels.includes("folded")) return levels.at(-1) ?? null;
  return levels[levels.indexOf(known.level ?? "") + 1] ?? null;
}

/**
 * One level back: of the nearest part around that is open at all. Null where nothing is.
 *
 * @param {Facts} facts
 * @param {string} id
 */
export function levelAbove(facts, id) {
  for (const part of chainOf(facts, id)) {
    const [levels, level] = [levelsOf(facts, part), factsIn(facts, part)?.level ?? ""];
    const at = level === "mixed" ? 1 : levels.indexOf(level);
    if (at >= 1) return { id: part, level: levels[at - 1] };
  }
  return null;
}

/**
 * @param {Facts} facts
 * @param {string} id
 */
export function canOpen(facts, id) {
  const levels = levelsOf(facts, id);
  return levels.length > 0 && factsIn(facts, id)?.level !== levels.at(-1);
}
