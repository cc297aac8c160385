// Numbers as Graphviz writes them into an SVG.

/** @import { Point } from "./boxes.js" */

const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi;

/**
 * @param {string | null | undefined} text
 * @returns {number[]}
 */
export function numbersIn(text) {
  return (text?.match(NUMBER) ?? []).map(Number);
}

/**
 * By how much a `transform` moves what it belongs to.
 *
 * @param {string | null | undefined} transform
 * @returns {Point}
 */
export function moveIn(transform) {
  const [x = 0, y = 0] = numbersIn(/translate\(([^)]*)\)/.exec(transform ?? "")?.[1]);
  return { x, y };
}
