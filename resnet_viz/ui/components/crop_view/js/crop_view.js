// Puts the frame's parts together: the picture and its frame, which part is chosen, and hands and keys that choose it.

import { endView, rootOf, viewOf } from "../../browser/life.js";
import { Choice } from "./choice.js";
import { Dragging } from "./drag.js";
import { listenToKeys } from "./keys.js";
import { Stage } from "./stage.js";
import { unpack } from "./unpack.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { CropMessage } from "./choice.js" */
/** @import { Framing } from "./unpack.js" */

/** @typedef {Uint8Array<ArrayBuffer>} Data */
/** @typedef {FrontendRendererArgs<{ crop: CropMessage }, Data | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setStateValue }) {
  const root = rootOf(parentElement, "crop-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new CropView(root, data, on));
  view.send = setStateValue;
  view.take(data);
  return () => endView(root);
}

class CropView {
  /** @type {Given["setStateValue"]} */
  send = () => {};
  #stage;
  #choice;
  #data;

  /**
   * @param {HTMLElement} root
   * @param {Data} data
   * @param {AbortSignal} on
   */
  constructor(root, data, on) {
    const framing = unpack(data);
    this.#data = data;
    this.#stage = new Stage(on);
    this.#choice = new Choice(framing, (message) => this.send("crop", message), on);
    this.#choice.changed.listen(() => this.#stage.place(this.#choice));
    const dragging = new Dragging(this.#stage, this.#choice, on);
    listenToKeys(this.#stage, this.#choice, dragging, on);
    root.replaceChildren(this.#stage.element, this.#stage.button);
    this.#show(framing);
  }

  /**
   * Called for another theme, too, with the same data.
   *
   * @param {Data} data
   */
  take(data) {
    if (this.#data === data) return;
    this.#data = data;
    this.#show(unpack(data));
  }

  /** @param {Framing} framing */
  #show(framing) {
    this.#stage.show(framing);
    this.#choice.take(framing);
  }
}
