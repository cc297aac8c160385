// What the camera sees, why it sees nothing, and the buttons under it.

import { element, pushButton } from "../../browser/element.js";

/** @import { CameraWords } from "../../payloads.d.ts" */
/** @import { Reason } from "./device.js" */

/**
 * What the buttons do.
 *
 * @typedef {Record<"switchLive" | "takePhotograph" | "switchPower" | "removePicture", () => void>} Acts
 */

/**
 * What there is to be seen and to be pressed.
 *
 * @typedef {object} State
 * @property {Reason | null} reason why there is no picture of the camera's
 * @property {boolean} isOn
 * @property {boolean} isThere whether the camera gives a picture
 * @property {boolean} isLive
 * @property {boolean} hasPicture whether Python has one, which can be removed
 */

export class Panel {
  video = element("video");
  #said = element("p", "told");
  #live;
  #photograph;
  #power;
  #remove;
  /** @type {CameraWords | null} */
  #words = null;

  /**
   * @param {HTMLElement} root
   * @param {Acts} acts
   * @param {AbortSignal} on
   */
  constructor(root, acts, on) {
    this.video.muted = true;
    this.video.playsInline = true;
    this.#said.setAttribute("role", "status");
    this.#live = pushButton("", "", acts.switchLive, on);
    this.#photograph = pushButton("", "", acts.takePhotograph, on);
    this.#power = pushButton("", "", acts.switchPower, on);
    this.#remove = pushButton("", "", acts.removePicture, on);
    const row = element("div", "row");
    row.append(this.#live, this.#photograph, this.#power, this.#remove);
    root.replaceChildren(makeScreen(this.video, this.#said, on), row);
  }

  /**
   * @param {CameraWords} words
   * @param {State} state
   */
  show(words, { reason, isOn, isThere, isLive, hasPicture }) {
    if (this.#words?.live !== words.live) this.#name(words);
    this.#words = words;
    const said = reason ? words[reason] : "";
    // A screen reader reads it out, so only what is new.
    if (this.#said.textContent !== said) this.#said.textContent = said;
    this.#said.hidden = !said;
    this.#live.setAttribute("aria-pressed", String(isLive));
    this.#live.hidden = !isThere;
    this.#photograph.hidden = !isThere;
    this.#power.textContent = isOn ? words.turnOff : words.turnOn;
    this.#remove.hidden = !hasPicture;
  }

  /** @param {CameraWords} words */
  #name(words) {
    this.video.setAttribute("aria-label", words.video);
    this.#live.textContent = words.live;
    this.#live.title = words.liveTitle;
    this.#photograph.textContent = words.photograph;
    this.#remove.textContent = words.remove;
  }
}

/**
 * A frame for the video, in its shape once that is known.
 *
 * @param {HTMLVideoElement} video
 * @param {HTMLElement} said
 * @param {AbortSignal} on
 */
function makeScreen(video, said, on) {
  const screen = element("div", "screen");
  const takeShape = () => {
    if (video.videoWidth > 0) screen.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  };
  video.addEventListener("resize", takeShape, { signal: on });
  screen.append(video, said);
  return screen;
}
