// A cell of the structure table as a picture. It is built anew for other data, and keeps nothing of its own.

import { focusedAround, targetOf } from "../../browser/element.js";
import { endView, rootOf, viewOf } from "../../browser/life.js";
import { isDarkTheme } from "../../browser/theme.js";
import { buildPicture } from "./picture.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { CellViewData } from "../../payloads.d.ts" */

/** @typedef {FrontendRendererArgs<{ chosen: { id: string } }, CellViewData | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "cell-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new CellView(root, on));
  view.send = setTriggerValue;
  view.take(data);
  return () => endView(root);
}

class CellView {
  /** @type {Given["setTriggerValue"]} */
  send = () => {};
  #root;

  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} on
   */
  constructor(root, on) {
    this.#root = root;
    const click = (/** @type {Event} */ event) => {
      const id = targetOf(event)?.closest("button")?.dataset.id;
      if (id) this.send("chosen", { id });
    };
    root.addEventListener("click", click, { signal: on });
  }

  /** @param {CellViewData} data */
  take(data) {
    const focused = focusedAround(this.#root);
    const held = focused instanceof HTMLElement ? focused.dataset.id : undefined;
    this.#root.replaceChildren(...buildPicture(data, isDarkTheme(this.#root) ? "dark" : "light"));
    if (held) {
      const again = [...this.#root.querySelectorAll("button")].find(({ dataset }) => dataset.id === held);
      again?.focus({ preventScroll: true });
    }
  }
}
