// Walking by itself, until somebody goes on by hand, a marked line runs, or nothing is left.

import { Signal } from "../../../browser/events.js";
import { atEnd } from "../../../browser/life.js";

/** @import { Breakpoints } from "./breakpoints.js" */
/** @import { Steps } from "./steps.js" */

const PLAY_MS = 700;

export class Player {
  /**
   * It plays, or has stopped.
   *
   * @type {Signal<[]>}
   */
  switched = new Signal();
  speed = 2;
  #steps;
  #breakpoints;
  #isPlaying = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #clock;

  /**
   * @param {Steps} steps
   * @param {Breakpoints} breakpoints
   * @param {AbortSignal} on
   */
  constructor(steps, breakpoints, on) {
    this.#steps = steps;
    this.#breakpoints = breakpoints;
    steps.byHand.listen(() => this.pause());
    atEnd(on, () => clearTimeout(this.#clock));
  }

  get isPlaying() {
    return this.#isPlaying;
  }

  toggle() {
    if (this.#isPlaying) this.pause();
    else if (this.#steps.position) this.#play();
  }

  pause() {
    if (!this.#isPlaying) return;
    clearTimeout(this.#clock);
    this.#isPlaying = false;
    this.switched.tell();
  }

  #play() {
    this.#isPlaying = true;
    this.switched.tell();
    this.#wait();
  }

  #wait() {
    this.#clock = setTimeout(() => this.#playOn(), PLAY_MS / this.speed);
  }

  #playOn() {
    const at = this.#steps.playOn();
    const position = this.#steps.position;
    if (at === null || !position || position.isLast || this.#breakpoints.isStop(position.walk, at)) this.pause();
    else this.#wait();
  }
}
