// Puts the camera's parts together: what is seen and pressed, the camera itself, and the frames that Python gets.

import { endView, rootOf, viewOf } from "../../browser/life.js";
import { Device } from "./device.js";
import { Frames } from "./frames.js";
import { Panel } from "./panel.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { CameraData } from "../../payloads.d.ts" */
/** @import { FrameMessage } from "./frames.js" */

/** @typedef {FrontendRendererArgs<{ frame: FrameMessage }, CameraData | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "camera-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new CameraView(root, data, on));
  view.send = setTriggerValue;
  view.take(data);
  return () => endView(root);
}

class CameraView {
  /** @type {Given["setTriggerValue"]} */
  send = () => {};
  #panel;
  #device;
  #frames;
  #data;

  /**
   * @param {HTMLElement} root
   * @param {CameraData} data
   * @param {AbortSignal} on
   */
  constructor(root, data, on) {
    this.#data = data;
    const acts = {
      switchLive: () => this.#frames.switchLive(),
      takePhotograph: () => this.#frames.takePhotograph(),
      switchPower: () => this.#device.switchPower(),
      removePicture: () => this.#frames.removePicture(),
    };
    this.#panel = new Panel(root, acts, on);
    this.#device = new Device(this.#panel.video, on);
    this.#frames = new Frames(this.#panel.video, (message) => this.send("frame", message), on);
    this.#device.stopped.listen(() => this.#frames.stop());
    this.#device.changed.listen(() => this.#show());
    this.#frames.changed.listen(() => this.#show());
    this.#device.turnOn();
  }

  /** @param {CameraData} data */
  take(data) {
    this.#data = data;
    this.#frames.hear(data.answered);
    this.#show();
  }

  #show() {
    const { words, hasPicture } = this.#data;
    const { reason, isOn, hasPicture: isThere } = this.#device;
    this.#panel.show(words, { reason, isOn, isThere, isLive: this.#frames.isLive, hasPicture });
  }
}
