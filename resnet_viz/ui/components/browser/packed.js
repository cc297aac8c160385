// What Python packs: the length of a JSON header in four bytes, the lowest first, the header, and behind it bytes.

/**
 * The header is what Python declares it to be.
 *
 * @template Header
 * @typedef {{ header: Header, rest: Uint8Array<ArrayBuffer> }} Packed
 */

/**
 * @param {Uint8Array<ArrayBuffer> | ArrayBuffer} data
 * @returns {Packed<unknown>}
 */
export function readPacked(data) {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, rest: bytes.subarray(4 + length) };
}
