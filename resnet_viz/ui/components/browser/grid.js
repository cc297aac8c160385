// Going by keyboard over things that stand in rows and columns: of many, Tab reaches one, and the arrows go on from it.

/** @type {Map<string, [number, number]>} */
const ARROWS = new Map([
  ["ArrowLeft", [0, -1]],
  ["ArrowRight", [0, 1]],
  ["ArrowUp", [-1, 0]],
  ["ArrowDown", [1, 0]],
]);

/**
 * Which way an arrow key leads, in rows down and columns across; null for any other key.
 *
 * @param {KeyboardEvent} event
 */
export function arrowOf({ key }) {
  const way = ARROWS.get(key);
  return way ? { down: way[0], across: way[1] } : null;
}

/**
 * With these keys held down a key is the browser's or the system's.
 *
 * @param {KeyboardEvent} event
 */
export function hasModifier({ ctrlKey, metaKey, altKey }) {
  return ctrlKey || metaKey || altKey;
}

/**
 * The one thing of many that is in the tab order. All others have the tab index -1 from the beginning.
 *
 * @template Thing
 */
export class Roving {
  /** @type {(thing: Thing) => HTMLOrSVGElement} */
  #elementOf;
  /** @type {Thing | null} */
  #current = null;

  /** @param {(thing: Thing) => HTMLOrSVGElement} elementOf */
  constructor(elementOf) {
    this.#elementOf = elementOf;
  }

  get current() {
    return this.#current;
  }

  /** @param {Thing | null} thing */
  moveTo(thing) {
    if (this.#current !== null) this.#elementOf(this.#current).tabIndex = -1;
    this.#current = thing;
    if (thing !== null) this.#elementOf(thing).tabIndex = 0;
  }
}
