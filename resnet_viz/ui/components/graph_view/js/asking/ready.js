// Drawings that are likely to be wanted next, fetched and read while there is nothing else to do: the same net at its
// other levels. Large ones are left until somebody asks.

import { atEnd } from "../../../browser/life.js";
import { runInIdle } from "./slices.js";

/** @import { Picture } from "../picture/picture.js" */
/** @import { Bringing } from "./bringing.js" */
/** @import { Draft } from "./draft.js" */
/** @import { Server } from "./server.js" */

const READY_AFTER_MS = 500;
const MOST_READY_BOXES = 600;

export class Ready {
  #server;
  #bringing;
  #on;
  /**
   * By address.
   *
   * @type {Map<string, Draft>}
   */
  #drafts = new Map();
  #isPreparing = false;
  #round = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Server} server
   * @param {Bringing} bringing
   * @param {AbortSignal} on
   */
  constructor(server, bringing, on) {
    this.#server = server;
    this.#bringing = bringing;
    this.#on = on;
    atEnd(on, () => clearTimeout(this.#timer));
  }

  get isPreparing() {
    return this.#isPreparing;
  }

  /** @param {string} address */
  find(address) {
    return this.#drafts.get(address) ?? null;
  }

  /** What is ready is in another language. */
  forget() {
    this.#drafts.clear();
    this.#round += 1;
  }

  /**
   * After each drawing. What belongs to another net is let go.
   *
   * @param {Picture} picture
   */
  prepare(picture) {
    clearTimeout(this.#timer);
    this.#round += 1;
    const wanted = Object.values(picture.levels).map(({ address }) => address);
    for (const address of this.#drafts.keys()) if (!wanted.includes(address)) this.#drafts.delete(address);
    if (savesData()) return;
    this.#isPreparing = true;
    const round = this.#round;
    this.#timer = setTimeout(() => this.#prepareLevels(picture, round), READY_AFTER_MS);
  }

  /**
   * @param {Picture} picture
   * @param {number} round
   */
  async #prepareLevels(picture, round) {
    const isOver = () => this.#on.aborted || this.#round !== round || this.#bringing.isComing;
    for (const { address, boxes } of Object.values(picture.levels)) {
      if (address === picture.address || boxes > MOST_READY_BOXES) continue;
      const draft = this.#drafts.get(address) ?? (await this.#server.fetch(address));
      if (isOver()) return;
      if (!draft) continue;
      this.#drafts.set(address, draft);
      if (!draft.isRead) await runInIdle(draft.read(), isOver);
    }
    if (!isOver()) this.#isPreparing = false;
  }
}

/** Does the reader's browser ask for as little as possible? */
function savesData() {
  const { connection } = /** @type {Navigator & { connection?: { saveData?: boolean } }} */ (navigator);
  return connection?.saveData === true;
}
