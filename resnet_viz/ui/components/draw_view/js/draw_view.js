// Puts the pad's parts together: what is drawn, what is seen of it, and hands and keys that draw.

import { endView, rootOf, viewOf } from "../../browser/life.js";
import { Drawing } from "./drawing.js";
import { Keys } from "./keys.js";
import { Pad } from "./pad.js";
import { Strokes } from "./strokes.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { DrawData } from "../../payloads.d.ts" */
/** @import { DrawingMessage } from "./drawing.js" */

/** @typedef {FrontendRendererArgs<{ drawn: DrawingMessage }, DrawData | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "draw-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new DrawView(root, data, on));
  view.send = setTriggerValue;
  view.take(data);
  return () => endView(root);
}

class DrawView {
  /** @type {Given["setTriggerValue"]} */
  send = () => {};
  #drawing;
  #pad;

  /**
   * @param {HTMLElement} root
   * @param {DrawData} data
   * @param {AbortSignal} on
   */
  constructor(root, { side, cells }, on) {
    this.#drawing = new Drawing({ side, cells }, (message) => this.send("drawn", message), on);
    this.#pad = new Pad(this.#drawing, on);
    this.#drawing.changed.listen(() => this.#pad.show(this.#drawing));
    const strokes = new Strokes(this.#pad, this.#drawing, on);
    new Keys(this.#pad, this.#drawing, strokes, on);
    root.replaceChildren(this.#pad.element, this.#pad.row, this.#pad.live);
    this.#pad.show(this.#drawing);
  }

  /** @param {DrawData} data */
  take(data) {
    this.#pad.name(data.words);
    this.#drawing.take(data);
  }
}
