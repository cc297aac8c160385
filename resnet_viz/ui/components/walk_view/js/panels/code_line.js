// A line of the source: its number, which is a button to stop there, how often it ran, and its text in colours.

import { element } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */

/** @typedef {[first: number, last: number, kind: string]} Span */
/** @typedef {{ row: HTMLElement, gutter: HTMLElement, count: HTMLElement }} CodeLine */

/**
 * The pieces of a line, each with its kind or none. Python counts characters, JavaScript half of some.
 *
 * @param {string} text
 * @param {Span[]} spans
 */
export function piecesOf(text, spans) {
  const letters = Array.from(text);
  /** @type {[text: string, kind: string | null][]} */
  const pieces = [];
  const add = (
    /** @type {number} */ first,
    /** @type {number | undefined} */ last,
    /** @type {string | null} */ kind,
  ) => {
    const piece = letters.slice(first, last).join("");
    if (piece) pieces.push([piece, kind]);
  };
  let at = 0;
  for (const [first, last, kind] of spans) {
    add(at, first, null);
    add(first, last, kind);
    at = last;
  }
  add(at, undefined, null);
  return pieces;
}

/**
 * @param {WalkWords} words
 * @param {string} text
 * @param {number} number
 * @param {Span[]} spans
 * @returns {CodeLine}
 */
export function makeCodeLine(words, text, number, spans) {
  const row = element("div", "line");
  row.dataset.line = String(number);
  const gutter = element("button", "gutter", String(number));
  gutter.type = "button";
  gutter.tabIndex = -1;
  gutter.setAttribute("aria-label", sentence(words.stopAt, { line: number }));
  const count = element("span", "count");
  const code = element("code");
  for (const [piece, kind] of piecesOf(text, spans)) code.append(kind ? element("span", kind, piece) : piece);
  code.style.setProperty("--indent", String(text.length - text.trimStart().length));
  row.append(gutter, count, code);
  return { row, gutter, count };
}

/**
 * How often it ran.
 *
 * @param {WalkWords} words
 * @param {CodeLine} line
 * @param {number} n
 */
export function tellRuns(words, { row, count }, n) {
  row.classList.toggle("ran", n > 0);
  count.textContent = n ? `×${n}` : "";
  count.title = n ? sentence(words.ran, { n }) : "";
}
