// What Python sends: a header, and behind it the picture.

import { readPacked } from "../../browser/packed.js";

/** @import { Packed } from "../../browser/packed.js" */
/** @import { FramingHeader } from "../../payloads.d.ts" */
/** @import { Crop } from "./shape.js" */

/** @typedef {Omit<FramingHeader, "crop" | "middle"> & { crop: Crop, middle: Crop, picture: Uint8Array<ArrayBuffer> }} Framing */

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Framing}
 */
export function unpack(data) {
  const { header, rest } = /** @type {Packed<FramingHeader>} */ (readPacked(data));
  return { ...header, crop: cropOf(header.crop), middle: cropOf(header.middle), picture: rest };
}

/**
 * @param {FramingHeader["crop"]} shares
 * @returns {Crop}
 */
function cropOf([left, top, width, height]) {
  return { left, top, width, height };
}
