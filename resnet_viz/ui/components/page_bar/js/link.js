// The address that is shared.

/**
 * An address without some of its parameters; all others stay, in their order.
 *
 * @param {string} address
 * @param {string[]} without
 */
export function linkOf(address, without) {
  const url = new URL(address);
  for (const name of without) url.searchParams.delete(name);
  return url.href;
}
