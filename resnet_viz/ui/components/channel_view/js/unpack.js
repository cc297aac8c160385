// What Python sends: the length of a JSON header, the header, and behind it levels, colours and a thumbnail.

function unpack(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const page = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  [page.levels, page.colours, page.thumbnail] = page.lengths.map((size) => bytes.subarray(at, (at += size)));
  [page.height, page.width] = page.tile;
  page.count = page.channels.length;
  return page;
}

// The level of a cell of the tile at a place on the page.
function levelAt(page, place, row, column) {
  return page.levels[(place * page.height + row) * page.width + column];
}
