// The same line in another net: of the same function or, in another kind of block, of the function of that name; in the
// same stage, and as often as it ran before in it.

/** @import { Walk } from "./walk.js" */

// By what a line is told to be the same; a step that has no such thing has none.
class LineKey {
  #of;
  /** @type {WeakMap<Walk, Map<string | null, number[]>>} */
  #indexes = new WeakMap();

  /** @param {(walk: Walk, at: number) => string | null} of */
  constructor(of) {
    this.#of = of;
  }

  /**
   * The step of the other walk, or null.
   *
   * @param {Walk} walk
   * @param {Walk} other
   * @param {number} step
   */
  same(walk, other, step) {
    const wanted = this.#of(walk, step);
    if (wanted === null) return null;
    const part = walk.partOf(step);
    const theirs = this.#stepsWith(other, wanted).filter((at) => other.partOf(at) === part);
    if (!theirs.length) return null;
    const mine = this.#stepsWith(walk, wanted).filter((at) => walk.partOf(at) === part);
    // Where a stage has fewer blocks, its last one stands beside all later ones.
    return theirs[Math.min(mine.indexOf(step), theirs.length - 1)];
  }

  /**
   * @param {Walk} walk
   * @param {string} wanted
   */
  #stepsWith(walk, wanted) {
    let index = this.#indexes.get(walk);
    if (!index) {
      index = Map.groupBy(walk.steps.line.keys(), (at) => this.#of(walk, at));
      this.#indexes.set(walk, index);
    }
    return index.get(wanted) ?? [];
  }
}

// From the strictest to the loosest: `Bottleneck.__init__` stands beside `BasicBlock.__init__`, first where a statement
// reads the same, then where it begins the same, last where it sets the same attribute.
const SAME_LINE = [
  new LineKey((walk, at) => `${walk.fileOf(at)}|${walk.functionOf(at)}|${walk.steps.line[at]}`),
  new LineKey((walk, at) => `${methodOf(walk, at)}|${walk.isCall(at) ? "def" : walk.headOf(at)}`),
  new LineKey((walk, at) => `${methodOf(walk, at)}|${walk.headOf(at).split("(")[0]}`),
  new LineKey(attributeOf),
];

/**
 * @param {Walk} walk
 * @param {number} at
 */
function methodOf(walk, at) {
  return walk.functionOf(at).split(".").pop();
}

/**
 * @param {Walk} walk
 * @param {number} at
 */
function attributeOf(walk, at) {
  const attribute = /^self\.\w+ =/.exec(walk.headOf(at))?.[0];
  return attribute ? `${methodOf(walk, at)}|${attribute}` : null;
}

/**
 * Null where the other net runs no such line.
 *
 * @param {Walk} walk
 * @param {Walk} other
 * @param {number} step
 */
export function alignedStep(walk, other, step) {
  for (const key of SAME_LINE) {
    const at = key.same(walk, other, step);
    if (at !== null) return at;
  }
  return null;
}
