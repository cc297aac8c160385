// Frames to Python: one at a time, none while the page still works on something, and none from a hidden tab.

import { Signal } from "../../browser/events.js";
import { atEnd } from "../../browser/life.js";
import { Turns } from "../../browser/turns.js";
import { Pace } from "./pace.js";

/**
 * A picture as JPEG in base64; none: it is removed.
 *
 * @typedef {{ number: number, picture: string | null }} FrameMessage
 */

const LIVE = { side: 480, quality: 0.8 };
const PHOTOGRAPH = { side: 1280, quality: 0.9 };
const LOOK_MS = 50;

export class Frames {
  /** @type {Signal<[]>} */
  changed = new Signal();
  #turns = new Turns();
  #pace = new Pace();
  /** @type {HTMLVideoElement} */
  #video;
  /** @type {(message: FrameMessage) => void} */
  #send;
  /** @type {AbortSignal} */
  #on;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isLive = false;
  #wantsPhotograph = false;
  #isGrabbing = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {(message: FrameMessage) => void} send
   * @param {AbortSignal} on
   */
  constructor(video, send, on) {
    this.#video = video;
    this.#send = send;
    this.#on = on;
    atEnd(on, () => clearTimeout(this.#timer));
  }

  get isLive() {
    return this.#isLive;
  }

  /**
   * Python says which frame it has come to.
   *
   * @param {number} answered
   */
  hear(answered) {
    this.#turns.hears({ turn: answered });
  }

  switchLive() {
    this.#want(!this.#isLive, this.#wantsPhotograph);
    this.#keepSending();
  }

  takePhotograph() {
    this.#want(false, true);
    this.#keepSending();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#want(false, false);
  }

  removePicture() {
    this.stop();
    this.#tell(null);
  }

  /**
   * @param {boolean} isLive
   * @param {boolean} wantsPhotograph
   */
  #want(isLive, wantsPhotograph) {
    this.#isLive = isLive;
    this.#wantsPhotograph = wantsPhotograph;
    this.changed.tell();
  }

  get #isWanted() {
    return this.#isLive || this.#wantsPhotograph;
  }

  #keepSending() {
    if (this.#timer !== undefined || this.#isGrabbing || !this.#isWanted) return;
    this.#timer = setTimeout(() => this.#lookAround(), LOOK_MS);
  }

  async #lookAround() {
    this.#timer = undefined;
    if (this.#isFree()) {
      this.#isGrabbing = true;
      await this.#sendFrame();
      this.#isGrabbing = false;
    }
    if (!this.#on.aborted) this.#keepSending();
  }

  #isFree() {
    const [now, isBusy] = [performance.now(), isPageBusy()];
    if (isBusy) this.#pace.noteBusy(now);
    return this.#pace.isDue(now, this.#turns.isHeard) && !isBusy && !document.hidden && this.#video.videoWidth > 0;
  }

  async #sendFrame() {
    const picture = await grab(this.#video, this.#wantsPhotograph ? PHOTOGRAPH : LIVE);
    // It may have been stopped while the picture was made.
    if (!picture || this.#video.srcObject === null || !this.#isWanted) return;
    this.#wantsPhotograph = false;
    this.#tell(picture);
  }

  /** @param {string | null} picture */
  #tell(picture) {
    this.#pace.noteSent(performance.now());
    this.#send({ number: this.#turns.next(), picture });
  }
}

// A frame that came while the script runs would break that run off, and whatever a button had just begun in it. And
// pictures that the page has not fetched yet would be gone from the server.
function isPageBusy() {
  const page = document.querySelector("[data-test-script-state]");
  const isRunning = page !== null && page.getAttribute("data-test-script-state") !== "notRunning";
  return isRunning || [...document.images].some((image) => !image.complete && image.loading !== "lazy");
}

/**
 * The video's present picture as JPEG, in base64; nothing where it cannot be read.
 *
 * @param {HTMLVideoElement} video
 * @param {{ side: number, quality: number }} how
 */
async function grab(video, { side, quality }) {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  const inPixels = (/** @type {number} */ length) => Math.max(1, Math.round(length * scale));
  const canvas = new OffscreenCanvas(inPixels(video.videoWidth), inPixels(video.videoHeight));
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  /** @type {string} */
  const address = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("loadend", () => resolve(String(reader.result ?? "")));
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
}
