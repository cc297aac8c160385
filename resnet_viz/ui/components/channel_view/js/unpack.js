// What the route answers: the length of a JSON header, the header, and behind it levels, colours and a thumbnail.

function unpack(data, words) {
  const bytes = new Uint8Array(data);
  const length = new DataView(data, 0, 4).getUint32(0, true);
  const page = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  [page.levels, page.colours, page.thumbnail] = page.lengths.map((size) => bytes.subarray(at, (at += size)));
  [page.height, page.width] = page.tile;
  page.count = page.channels.length;
  page.words = words;
  return page;
}

// Before there are any tiles.
function emptyPage(words) {
  const nothing = { channels: [], figures: [], low: [], high: [], levels: [], looks: null, name: "", facts: "" };
  return { ...nothing, count: 0, height: 1, width: 1, reducedBy: 1, words };
}

// The level of a cell of the tile at a place on the page.
function levelAt(page, place, row, column) {
  return page.levels[(place * page.height + row) * page.width + column];
}
