// What Python sends: the length of a JSON header, the header, and behind it the picture.

function unpack(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const page = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  page.picture = bytes.subarray(4 + length);
  page.crop = cropOf(page.crop);
  page.middle = cropOf(page.middle);
  return page;
}

function cropOf([left, top, width, height]) {
  return { left, top, width, height };
}
