// By what the drawing is coloured, and what a shade stands for: from nothing to the most of any box.

import { element } from "../../../browser/element.js";
import { amountText } from "../picture/amounts.js";

/** @import { GraphWords, ShadeMetric } from "../../../payloads.d.ts" */
/** @import { Shade } from "../marks/colours.js" */

export class ShadeChooser {
  element = element("label", "shade");
  legend = element("div", "shade-legend");
  #chooser = element("select");
  #least = element("span");
  #ramp = element("span", "ramp");
  #most = element("span");

  /**
   * @param {ShadeMetric[]} metrics
   * @param {GraphWords} words
   * @param {(metric: string) => void} act
   * @param {AbortSignal} on
   */
  constructor(metrics, words, act, on) {
    for (const { key, name } of metrics) {
      const option = element("option", "", name);
      option.value = key;
      this.#chooser.append(option);
    }
    this.#chooser.addEventListener("change", () => act(this.#chooser.value), { signal: on });
    this.element.append(element("span", "", words.colourBy), this.#chooser);
    this.legend.append(this.#least, this.#ramp, this.#most);
  }

  /** @param {Shade} shade */
  show({ metric, most, ramp, measure, least }) {
    const isPlain = metric.at === null && measure === null;
    this.#chooser.value = metric.key;
    this.#chooser.disabled = measure !== null;
    this.#chooser.title = measure?.help ?? metric.help;
    this.legend.classList.toggle("none", isPlain);
    if (isPlain) return;
    const texts = measure ? [least, most].map(threeDigits) : [0, most].map((n) => amountText(n, metric.kind));
    [this.#least.textContent, this.#most.textContent] = texts;
    this.#ramp.style.background = `linear-gradient(to right, ${ramp.join(", ")})`;
    this.legend.title = measure?.help ?? metric.help;
  }
}

/** @param {number} amount */
function threeDigits(amount) {
  return Number.isFinite(amount) ? String(Number(amount.toPrecision(3))) : "";
}
