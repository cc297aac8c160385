// One page of channels from the server, or why there is none.

import { unpack } from "./unpack.js";

/** @import { ChannelData } from "../../../payloads.d.ts" */
/** @import { Answer } from "../ask.js" */
/** @import { Page } from "./unpack.js" */

/** Something else is looked at by now, and Python's next word says what. */
const NO_CONTENT = 204;

/**
 * @param {ChannelData} data
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<Answer<Page>>}
 */
export async function fetchPage({ route, words }, address, signal) {
  try {
    const answer = await fetch(new URL(`${route}?${address}`, document.baseURI), { signal });
    if (answer.status === NO_CONTENT) return {};
    if (answer.ok) return { tiles: unpack(await answer.arrayBuffer(), words) };
    return { trouble: (await answer.json()).error };
  } catch {
    return {};
  }
}
