// Asked the other way round: the statement that made (or ran) a node, and those that called it.

/** @import { Walk } from "./walk.js" */

const RUN = /^(.*)\.(\d+)\.\.(\d+)$/;
const REPEATED = /_\d+$/;

/**
 * Innermost first; none where no step made it. Of a group or a run (`layer3.1..35`): from the innermost statement on
 * that made all of it.
 *
 * @param {Walk} walk
 * @param {string} id
 */
export function statementsOf(walk, id) {
  // A module that is called again runs another op, as in `relu_1`; it was built once.
  const own = walk.stepOf(id) ?? walk.stepOf(id.replace(REPEATED, ""));
  if (own !== undefined) return walk.stackOf(own);
  const ends = endsWithin(walk, id) ?? endsGrown(walk, id);
  if (ends === null) return [];
  const last = new Set(walk.stackOf(ends.last));
  return walk.stackOf(ends.first).filter((step) => last.has(step));
}

/**
 * The first and the last step that made something of a group or a run.
 *
 * @param {Walk} walk
 * @param {string} id
 */
function endsWithin(walk, id) {
  const isInside = insideOf(id);
  let [first, last] = [walk.length, -1];
  for (const [name, at] of walk.made()) {
    if (!isInside(name)) continue;
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return last < 0 ? null : { first, last };
}

/**
 * @param {string} id
 * @returns {(name: string) => boolean}
 */
function insideOf(id) {
  const run = RUN.exec(id);
  if (!run) return (name) => name.startsWith(`${id}.`);
  const [, parent, first, last] = run;
  return (name) => {
    if (!name.startsWith(`${parent}.`)) return false;
    const block = Number(name.slice(parent.length + 1).split(".")[0]);
    return Number(first) <= block && block <= Number(last);
  };
}

/**
 * A stem, a head, an add: no module bears its name, so what was made when it began and when it was whole.
 *
 * @param {Walk} walk
 * @param {string} id
 */
function endsGrown(walk, id) {
  const grown = walk.growth[id];
  return grown ? { first: grown[0], last: Math.min(grown[1], walk.length - 1) } : null;
}
