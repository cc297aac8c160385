// Copies the page's address, but for what concerns only this screen; where that is refused, shows it for copying by hand.

import { element, handled, pushButton, SVG, svgElement } from "../../browser/element.js";
import { rootOf, viewOf } from "../../browser/life.js";
import { linkOf } from "./link.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { LinkData } from "../../payloads.d.ts" */

/** How long it says so. */
const SAYS = 2500;
const CHAIN = [
  "M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.7 1.7",
  "M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.7-1.7",
];

class CopyLink {
  #root;
  #live = element("span", "live");
  #timer = 0;
  /** @type {LinkData | null} */
  #data = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#live.setAttribute("aria-live", "polite");
  }

  /**
   * @param {LinkData} data
   * @param {AbortSignal} on
   */
  take(data, on) {
    this.#data = data;
    const button = pushButton("", "", () => this.#copy(), on);
    const words = element("span", "words");
    const copied = element("span", "", data.copied);
    copied.setAttribute("aria-hidden", "true");
    words.append(element("span", "", data.copy), copied);
    button.append(chainIcon(), words);
    this.#root.replaceChildren(button, this.#live);
  }

  async #copy() {
    if (!this.#data) return;
    const link = linkOf(location.href, this.#data.without);
    try {
      await navigator.clipboard.writeText(link);
      this.#say(this.#data.copied);
    } catch {
      // Also where there is no clipboard: on a page that came without TLS.
      this.#show(link, this.#data.refused);
    }
  }

  /** @param {string} words */
  #say(words) {
    this.#root.querySelector(".refused")?.remove();
    this.#root.classList.add("copied");
    this.#live.textContent = words;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#root.classList.remove("copied");
      this.#live.textContent = "";
    }, SAYS);
  }

  /**
   * @param {string} link
   * @param {string} words
   */
  #show(link, words) {
    this.#root.querySelector(".refused")?.remove();
    const [box, field] = [element("label", "refused", words), element("input")];
    field.readOnly = true;
    field.value = link;
    box.append(field);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      handled(event);
      box.remove();
      this.#root.querySelector("button")?.focus();
    });
    field.addEventListener("blur", () => box.remove());
    this.#root.append(box);
    field.focus();
    field.select();
  }
}

function chainIcon() {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("aria-hidden", "true");
  icon.append(...CHAIN.map((d) => svgElement("path", { d })));
  return icon;
}

/** @param {FrontendRendererArgs<{}, LinkData | null>} given */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "page-link");
  if (!data || !root) return;
  const { view, on } = viewOf(root, (on) => ({ view: new CopyLink(root), on }));
  view.take(data, on);
}
