// The camera itself: on, off, and why it cannot be had.

import { Signal } from "../../browser/events.js";
import { atEnd } from "../../browser/life.js";

/**
 * Why there is no picture.
 *
 * @typedef {"starting" | "off" | "refused" | "missing" | "busy" | "insecure" | "lost"} Reason
 */

const WISHES = { audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } };

export class Device {
  /** @type {Signal<[]>} */
  changed = new Signal();
  /**
   * There is no picture any more.
   *
   * @type {Signal<[]>}
   */
  stopped = new Signal();
  /** @type {HTMLVideoElement} */
  #video;
  /** @type {AbortSignal} */
  #on;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Reason | null} */
  #reason = null;
  #isStarting = false;
  #isOff = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {AbortSignal} on
   */
  constructor(video, on) {
    this.#video = video;
    this.#on = on;
    atEnd(on, () => this.#stop());
  }

  get hasPicture() {
    return this.#stream !== null;
  }

  /** Why there is no picture; null where there is one. */
  get reason() {
    return this.#reason;
  }

  get isOn() {
    return !this.#isOff && (this.#stream !== null || this.#isStarting);
  }

  switchPower() {
    this.#isOff = this.isOn;
    if (this.#isOff) this.#turnOff("off");
    else if (this.#isStarting) this.#say("starting");
    else this.turnOn();
  }

  async turnOn() {
    if (this.#stream || this.#isStarting) return;
    // Also where the page does not come safely: then there is none, whatever the types say.
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#say("insecure");
      return;
    }
    this.#isStarting = true;
    this.#say("starting");
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WISHES);
      this.#isStarting = false;
      // It may have been turned off, or the view have gone, while the browser asked.
      if (this.#on.aborted || this.#isOff) stopTracks(stream);
      else this.#use(stream);
    } catch (error) {
      this.#isStarting = false;
      if (!this.#on.aborted) this.#say(reasonOf(error));
    }
  }

  /** @param {MediaStream} stream */
  #use(stream) {
    this.#stream = stream;
    this.#video.srcObject = stream;
    // Refused where the page is left at once; then there is nothing to play.
    this.#video.play().catch(() => {});
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.#lose(stream), { signal: this.#on });
    }
    this.#say(null);
  }

  /**
   * Unplugged, or taken back in the browser's settings.
   *
   * @param {MediaStream} stream
   */
  #lose(stream) {
    if (this.#stream === stream) this.#turnOff("lost");
  }

  /** @param {Reason} reason */
  #turnOff(reason) {
    this.#stop();
    this.#say(reason);
  }

  /** Stopped tracks put the camera's light out. */
  #stop() {
    this.stopped.tell();
    if (this.#stream) stopTracks(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
  }

  /** @param {Reason | null} reason */
  #say(reason) {
    this.#reason = reason;
    this.changed.tell();
  }
}

/**
 * @param {unknown} error
 * @returns {Reason}
 */
function reasonOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
