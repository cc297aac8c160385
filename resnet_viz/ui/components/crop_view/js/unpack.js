// What Python sends: a header, and behind it the picture.

import { readPacked } from "../../browser/packed.js";

export function unpack(data) {
  const { header: page, rest } = readPacked(data);
  page.picture = rest;
  page.crop = cropOf(page.crop);
  page.middle = cropOf(page.middle);
  return page;
}

function cropOf([left, top, width, height]) {
  return { left, top, width, height };
}
