// When the next frame is due: one at a time, and not one after the other without a pause.

const LEAST_GAP_MS = 250;
// An answer that is not there so long after the page came to rest will not come: the connection was lost meanwhile.
const LOST_MS = 3000;

export class Pace {
  #sentAt = -Infinity;
  #restedSince = 0;

  /** @param {number} now */
  noteSent(now) {
    this.#sentAt = now;
  }

  /** @param {number} now */
  noteBusy(now) {
    this.#restedSince = now;
  }

  /**
   * @param {number} now
   * @param {boolean} isHeard whether the last frame was answered
   */
  isDue(now, isHeard) {
    const isOver = isHeard || now - Math.max(this.#restedSince, this.#sentAt) > LOST_MS;
    return isOver && now - this.#sentAt >= LEAST_GAP_MS;
  }
}
