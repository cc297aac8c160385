// The server's route from which drawings come.

import { Draft } from "./draft.js";

/** @import { DrawingPayload } from "../../../payloads.d.ts" */
/** @import { Width } from "./width.js" */

/**
 * What somebody does that changes a drawing, as the route takes it.
 *
 * @typedef {{ do: string, what: string, at?: string }} Change
 */

export class Server {
  #route;
  #language;
  #width;
  #on;

  /**
   * @param {string} route
   * @param {string} language
   * @param {Width} width
   * @param {AbortSignal} on
   */
  constructor(route, language, width, on) {
    this.#route = route;
    this.#language = language;
    this.#width = width;
    this.#on = on;
  }

  /** @param {string} language */
  takeLanguage(language) {
    this.#language = language;
  }

  /**
   * The drawing of an address, or of what comes of it by a change; null where there is none to be had.
   *
   * @param {string} address
   * @param {Change} [change]
   * @returns {Promise<Draft | null>}
   */
  async fetch(address, change) {
    const asked = new URLSearchParams(address);
    const more = { ...change, lang: this.#language, wide: String(this.#width.take(address, change)) };
    for (const [key, value] of Object.entries(more)) asked.set(key, value);
    try {
      const answer = await fetch(new URL(`${this.#route}?${asked}`, document.baseURI), { signal: this.#on });
      return answer.ok ? new Draft(/** @type {DrawingPayload} */ (await answer.json())) : null;
    } catch {
      return null;
    }
  }
}
