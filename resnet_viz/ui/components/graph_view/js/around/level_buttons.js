// The levels at which a part can be shown, as buttons. They stay the same elements, so that the keyboard's place on them is
// kept.

import { element, pushButton } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { levelsOf } from "../picture/levels.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Picture } from "../picture/picture.js" */

export class LevelButtons {
  element = element("div", "levels");
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #words;

  /**
   * @param {GraphWords} words
   * @param {(level: string) => void} act
   * @param {AbortSignal} on
   */
  constructor(words, act, on) {
    this.#words = words;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", words.showAs);
    for (const [level, name] of Object.entries(words.levels)) {
      const button = pushButton(name, "", () => act(level), on);
      button.dataset.level = level;
      this.#buttons.set(level, button);
      this.element.append(button);
    }
  }

  /**
   * @param {Picture} picture
   * @param {string | null} id
   */
  update(picture, id) {
    const [levels, shown] = id === null ? [[], undefined] : [levelsOf(picture.facts, id), picture.factsOf(id)?.level];
    this.element.classList.toggle("none", levels.length === 0);
    for (const [level, button] of this.#buttons) {
      button.classList.toggle("none", !levels.includes(level));
      button.setAttribute("aria-pressed", String(shown === level));
      const isCounted = id !== null && level === "op" && levels.length > 0;
      const { opCount, levels: names } = this.#words;
      button.textContent = isCounted ? sentence(opCount, { n: picture.countOps(id) }) : names[level];
    }
  }
}
