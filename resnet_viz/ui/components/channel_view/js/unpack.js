// What the route answers: of the page its header, and behind it levels, colours and a thumbnail.

import { readPacked } from "../../browser/packed.js";

export function unpack(data, words) {
  const { header: page, rest } = readPacked(data);
  let at = 0;
  [page.levels, page.colours, page.thumbnail] = page.lengths.map((size) => rest.subarray(at, (at += size)));
  [page.height, page.width] = page.tile;
  page.count = page.channels.length;
  page.words = words;
  return page;
}

// Before there are any tiles.
export function emptyPage(words) {
  const nothing = { channels: [], figures: [], low: [], high: [], levels: [], looks: null, name: "", facts: "" };
  return { ...nothing, count: 0, height: 1, width: 1, reducedBy: 1, words };
}

// The level of a cell of the tile at a place on the page.
export function levelAt(page, place, row, column) {
  return page.levels[(place * page.height + row) * page.width + column];
}
