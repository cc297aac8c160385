// The ends of the scales of a page of channels, as the colour key tells them.

import { sentence } from "../../../browser/words.js";
import { numberText } from "./numbers.js";

/** @import { Page } from "./unpack.js" */

/** @typedef {{ low: string, high: string, middle: string, said: string }} Ends */

/**
 * The numbers at the key's ends and, where zero is in the middle, there; and whose scale it is. Null where all values are
 * one, so that there is no scale.
 *
 * @param {Page} page
 * @param {number | null} place of the tile that is pointed at
 * @returns {Ends | null}
 */
export function keyEnds(page, place) {
  const { words } = page;
  const all = page.channels.map((_channel, at) => at).filter((at) => page.low[at] < page.high[at]);
  if (!all.length) return null;
  const isOne = [page.low, page.high].every((values) => values.every((value) => value === values[0]));
  const isHere = place !== null && all.includes(place);
  const at = isOne || !isHere ? all : [place];
  return {
    low: reachText(page, page.low, at, "≤"),
    high: reachText(page, page.high, at, "≥"),
    middle: page.isCentred ? "0" : "",
    said: isOne ? words.keyOne : isHere ? sentence(words.keyChannel, { n: page.channels[place] }) : words.keyEach,
  };
}

/**
 * One number, or from where to where the numbers of several tiles go; with a sign where a clip leaves values out beyond.
 *
 * @param {Page} page
 * @param {number[]} values
 * @param {number[]} places
 * @param {string} beyond
 */
function reachText({ isClipped, words }, values, places, beyond) {
  const picked = places.map((place) => values[place]);
  const [least, most] = [Math.min(...picked), Math.max(...picked)].map((value) => shortText(value, words.language));
  const text = least === most ? least : sentence(words.keyReach, { low: least, high: most });
  return isClipped ? `${beyond} ${text}` : text;
}

/**
 * Three figures are enough for a key.
 *
 * @param {number} value
 * @param {string} language
 */
function shortText(value, language) {
  return numberText(Number(value.toPrecision(3)), language);
}
