// The address that is shared.

/**
 * An address without some of its parameters; all others stay as they are written.
 *
 * @param {string} address
 * @param {string[]} without
 */
export function linkOf(address, without) {
  const url = new URL(address);
  const parts = url.search.slice(1).split("&");
  url.search = parts.filter((part) => !without.includes(part.split("=")[0])).join("&");
  return url.href;
}
