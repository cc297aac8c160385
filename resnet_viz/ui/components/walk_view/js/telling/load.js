// The walks of a net, asked for once; those of a few nets are kept.

import { NetWalks } from "../record/net.js";

/** @import { WalkPayload } from "../../../payloads.d.ts" */

const MOST_KEPT = 4;

export class WalkLoader {
  #route;
  #language;
  #on;
  /** @type {Map<string, NetWalks>} */
  #kept = new Map();

  /**
   * @param {string} route
   * @param {string} language
   * @param {AbortSignal} on
   */
  constructor(route, language, on) {
    this.#route = route;
    this.#language = language;
    this.#on = on;
  }

  /**
   * Null where they cannot be had.
   *
   * @param {string} net
   */
  async load(net) {
    const kept = this.#kept.get(net);
    if (kept) return kept;
    const asked = new URLSearchParams(net);
    asked.set("lang", this.#language);
    try {
      const answer = await fetch(new URL(`${this.#route}?${asked}`, document.baseURI), { signal: this.#on });
      if (!answer.ok) return null;
      const walks = new NetWalks(/** @type {WalkPayload} */ (await answer.json()));
      this.#keep(net, walks);
      return walks;
    } catch {
      return null;
    }
  }

  /**
   * @param {string} net
   * @param {NetWalks} walks
   */
  #keep(net, walks) {
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < MOST_KEPT) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(net, walks);
  }
}
