// The search box: what is looked for, how much was found, and the way through it.

import { element, handled, pushButton } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Hits } from "../marks/hits.js" */

export class SearchBox {
  element = element("div", "search");
  #input = element("input");
  #status = element("span", "found");
  /** @type {HTMLButtonElement[]} */
  #buttons;
  #hits;
  #words;
  #take;

  /**
   * @param {Hits} hits
   * @param {GraphWords} words
   * @param {() => void} take selects the hit that is looked at
   * @param {AbortSignal} on
   */
  constructor(hits, words, take, on) {
    this.#hits = hits;
    this.#words = words;
    this.#take = take;
    const input = this.#input;
    Object.assign(input, { type: "search", placeholder: words.searchHint, autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", words.search);
    input.value = hits.text;
    input.addEventListener("input", () => hits.ask(input.value), { signal: on });
    input.addEventListener("keydown", (event) => this.#onKey(event), { signal: on });
    this.#buttons = [
      pushButton("‹", words.previous, () => hits.step(-1), on),
      pushButton("›", words.next, () => hits.step(1), on),
      pushButton(words.show, words.showTitle, take, on),
    ];
    this.element.setAttribute("role", "search");
    this.element.append(input, this.#status, ...this.#buttons);
    this.update();
  }

  focus() {
    this.#input.focus();
  }

  /** There are other hits, or another of them is the current one. */
  update() {
    const [{ total, at, isAsked }, words] = [this.#hits, this.#words];
    const none = isAsked ? words.noneFound : "";
    this.#status.textContent = total ? sentence(words.found, { n: at + 1, total }) : none;
    for (const button of this.#buttons) {
      button.disabled = total === 0;
      button.classList.toggle("none", !isAsked);
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { key, shiftKey, ctrlKey, metaKey } = event;
    if (key !== "Enter" && key !== "Escape") {
      event.stopPropagation();
      return;
    }
    if (key === "Escape") this.#clear();
    else if (ctrlKey || metaKey || this.#hits.total === 1) this.#take();
    else this.#hits.step(shiftKey ? -1 : 1);
    handled(event);
  }

  #clear() {
    this.#input.value = "";
    this.#hits.clear();
  }
}
