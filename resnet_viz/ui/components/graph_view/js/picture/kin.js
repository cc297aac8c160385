// Who lies in whom: ids and what is around them. A run `layer3.1..35` holds blocks 1 to 35.

/** @import { NodeFacts } from "../../../payloads.d.ts" */
/** @typedef {Partial<Record<string, NodeFacts>>} Facts */
/** @typedef {{ parent: string, first: number, last: number }} Run */

/**
 * Null for what is no run.
 *
 * @param {string} id
 * @returns {Run | null}
 */
export function readRun(id) {
  const found = /^(.*)\.(\d+)\.\.(\d+)$/.exec(id);
  return found && { parent: found[1], first: Number(found[2]), last: Number(found[3]) };
}

/**
 * Is this a block of the run?
 *
 * @param {string} id
 * @param {Run} run
 */
export function isInRun(id, run) {
  const dot = id.lastIndexOf(".");
  const number = id.slice(dot + 1);
  return id.slice(0, dot) === run.parent && /^\d+$/.test(number) && run.first <= +number && +number <= run.last;
}

/**
 * The ids of a run's blocks.
 *
 * @param {Run} run
 */
export function blocksOf({ parent, first, last }) {
  return Array.from({ length: last - first + 1 }, (_, n) => `${parent}.${first + n}`);
}

/**
 * What is known of an id; undefined for what nobody knows.
 *
 * @param {Facts} facts
 * @param {string} id
 */
export function factsIn(facts, id) {
  return Object.hasOwn(facts, id) ? facts[id] : undefined;
}

/**
 * The id itself and all that lies around it, the nearest first.
 *
 * @param {Facts} facts
 * @param {string} id
 */
export function chainOf(facts, id) {
  /** @type {string[]} */
  const chain = [];
  /** @type {string | null} */
  let at = id;
  while (at !== null && !chain.includes(at)) {
    chain.push(at);
    at = parentOf(facts, at);
  }
  return chain;
}

/**
 * @param {Facts} facts
 * @param {string} id
 */
function parentOf(facts, id) {
  return factsIn(facts, id)?.parent ?? readRun(id)?.parent ?? null;
}

/**
 * Is this the part itself, or does it lie in it?
 *
 * @param {Facts} facts
 * @param {string} id
 * @param {string} around
 */
export function isWithin(facts, id, around) {
  if (id === around) return true;
  const run = readRun(around);
  return chainOf(facts, id).some((part) => part === around || (run !== null && isInRun(part, run)));
}
