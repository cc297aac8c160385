// Finding nodes by path, op, paper name or shape, in the browser's own copy of the facts.

/** @import { Facts } from "./kin.js" */

/**
 * The words of a search. A size may be typed with an x.
 *
 * @param {string} text
 */
export function askedWords(text) {
  return text
    .toLowerCase()
    .replace(/(\d)[x*](?=\d)/g, "$1×")
    .split(/\s+/)
    .filter(Boolean);
}

/**
 * The ids of the nodes that all words fit: the node of that very name first, the rest as the net has them.
 *
 * @param {Facts} facts
 * @param {string[]} asked
 */
export function matchesOf(facts, asked) {
  if (!asked.length) return [];
  const hits = Object.entries(facts).flatMap(([id, known]) => {
    if (!known || known.kind === "network") return [];
    return asked.every((word) => known.find.includes(word)) ? [id] : [];
  });
  return hits.sort((a, b) => Number(b === asked[0]) - Number(a === asked[0]));
}
