// A page of channels, as the route answers: its header, and behind it levels, colours and a thumbnail.

import { readPacked } from "../../../browser/packed.js";

/** @import { Packed } from "../../../browser/packed.js" */
/** @import { ChannelWords, TilesHeader } from "../../../payloads.d.ts" */

/**
 * What is shown of a node: tiles of so many cells, the levels of all of them, three bytes of colour for each level, and
 * the words that go with them.
 *
 * @typedef {TilesHeader & { levels: Uint8Array, colours: Uint8Array, thumbnail: Uint8Array<ArrayBuffer>, height: number,
 *   width: number, count: number, words: ChannelWords }} Page
 */

/**
 * A cell of the tile at a place of the page.
 *
 * @typedef {{ place: number, row: number, column: number }} Cell
 */

/**
 * @param {ArrayBuffer} data
 * @param {ChannelWords} words
 * @returns {Page}
 */
export function unpack(data, words) {
  const { header, rest } = /** @type {Packed<TilesHeader>} */ (readPacked(data));
  const [nLevels, nColours, nThumbnail] = header.lengths;
  const [height, width] = header.tile;
  return {
    ...header,
    levels: rest.subarray(0, nLevels),
    colours: rest.subarray(nLevels, nLevels + nColours),
    thumbnail: rest.subarray(nLevels + nColours, nLevels + nColours + nThumbnail),
    height,
    width,
    count: header.channels.length,
    words,
  };
}

/**
 * Before there are any tiles.
 *
 * @param {ChannelWords} words
 * @returns {Page}
 */
export function emptyPage(words) {
  const bytes = new Uint8Array();
  return {
    lengths: [0, 0, 0],
    tile: [1, 1],
    top: 1,
    empty: 2,
    reducedBy: 1,
    channels: [],
    low: [],
    high: [],
    isCentred: false,
    isClipped: false,
    figures: [],
    looks: null,
    name: "",
    facts: "",
    meaning: "",
    levels: bytes,
    colours: bytes,
    thumbnail: bytes,
    height: 1,
    width: 1,
    count: 0,
    words,
  };
}

/**
 * @param {Page} page
 * @param {Cell} cell
 */
export function levelAt(page, { place, row, column }) {
  return page.levels[(place * page.height + row) * page.width + column];
}

/**
 * The tiles one below the other, a pixel a cell; what has no value is left clear, so that the page is seen.
 *
 * @param {Page} page
 * @param {Uint8ClampedArray} pixels
 */
export function paintLevels({ levels, colours, empty }, pixels) {
  for (let i = 0; i < levels.length; i++) {
    const level = levels[i];
    if (level === empty) continue;
    pixels[4 * i] = colours[3 * level];
    pixels[4 * i + 1] = colours[3 * level + 1];
    pixels[4 * i + 2] = colours[3 * level + 2];
    pixels[4 * i + 3] = 255;
  }
}

/**
 * The colours of a scale from its highest level down to its lowest, as a style sheet names them.
 *
 * @param {Page} page
 * @param {number} count
 */
export function scaleColours({ colours, top }, count) {
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.round(top - (i / (count - 1)) * top);
    return `rgb(${colours[at]}, ${colours[at + 1]}, ${colours[at + 2]})`;
  });
}
