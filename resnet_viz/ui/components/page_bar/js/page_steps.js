// Buttons that step on and back wherever the page is: they press those of the lesson, the tour or the exercises, and are
// there only as long as the page has some.

import { pushButton } from "../../browser/element.js";
import { atEnd, rootOf, viewOf } from "../../browser/life.js";
import { stepButton } from "../../browser/steps.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { StepsData } from "../../payloads.d.ts" */

class PageSteps {
  #root;
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  #frame = 0;

  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} on
   */
  constructor(root, on) {
    this.#root = root;
    const observer = new MutationObserver(() => this.#followSoon());
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["disabled"],
    });
    atEnd(on, () => observer.disconnect());
  }

  /**
   * @param {StepsData} data
   * @param {AbortSignal} on
   */
  take(data, on) {
    const ways = /** @type {const} */ ([
      ["back", `‹ ${data.back}`],
      ["next", `${data.next} ›`],
    ]);
    this.#buttons = ways.map(([way, words]) => pushButton(words, "", () => stepButton(way)?.click(), on));
    this.#root.replaceChildren(...this.#buttons);
    this.#follow();
  }

  #followSoon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #follow() {
    const steps = [stepButton("back"), stepButton("next")];
    this.#root.hidden = !steps.some((step) => step);
    this.#buttons.forEach((button, i) => {
      button.disabled = steps[i]?.disabled ?? true;
    });
  }
}

/** @param {FrontendRendererArgs<{}, StepsData | null>} given */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "page-steps");
  if (!data || !root) return;
  const { view, on } = viewOf(root, (on) => ({ view: new PageSteps(root, on), on }));
  view.take(data, on);
}
