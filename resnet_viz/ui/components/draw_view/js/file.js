// A drawing as a file, and back: a binary PGM in base64. Browsers that guard against being recognised change what is read
// from a canvas, and so the pixels do not come from one.

/** @import { Levels } from "./ink.js" */

/**
 * @param {Levels} levels
 * @param {number} side
 */
export function fileOf(levels, side) {
  return btoa(`P5 ${side} ${side} 255\n${String.fromCharCode(...levels)}`);
}

/**
 * The pixels stand at the end.
 *
 * @param {string} file
 * @param {number} side
 * @returns {Levels}
 */
export function levelsOf(file, side) {
  return Uint8Array.from(atob(file).slice(-side * side), (letter) => letter.charCodeAt(0));
}
