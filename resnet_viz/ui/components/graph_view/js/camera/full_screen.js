// The drawing alone on the whole screen, by a button or a key, and back.

import { pushButton, svgElement } from "../../../browser/element.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Camera } from "./camera.js" */

export class FullScreen {
  #root;
  #camera;

  /**
   * @param {HTMLElement} root
   * @param {Camera} camera
   * @param {AbortSignal} on
   */
  constructor(root, camera, on) {
    this.#root = root;
    this.#camera = camera;
    document.addEventListener("fullscreenchange", () => this.#follow(), { signal: on });
  }

  get isOn() {
    const host = this.#root.getRootNode();
    return (host instanceof ShadowRoot ? host : document).fullscreenElement === this.#root;
  }

  /** Where a browser has none, as on some telephones, nothing happens. */
  toggle() {
    if (this.isOn) void document.exitFullscreen();
    else void this.#root.requestFullscreen?.().catch(() => {});
  }

  /**
   * @param {GraphWords} words
   * @param {AbortSignal} on
   */
  makeButton(words, on) {
    const button = pushButton("", words.fullScreen, () => this.toggle(), on);
    const sign = svgElement("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
    sign.append(svgElement("path", { d: "M2,6V2H6M10,2H14V6M14,10V14H10M6,14H2V10", class: "icon" }));
    button.append(sign);
    return button;
  }

  #follow() {
    const isFull = this.isOn;
    if (isFull === this.#root.classList.contains("full")) return;
    this.#root.classList.toggle("full", isFull);
    this.#camera.takeRoom();
  }
}
