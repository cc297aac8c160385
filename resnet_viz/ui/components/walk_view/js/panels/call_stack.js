// The calls around a step, innermost first, each a button to where it stands.

import { element, pushButton, section } from "../../../browser/element.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Walk } from "../record/walk.js" */

export class CallStack {
  part;
  #list = element("ol");
  #look;
  #on;

  /**
   * @param {WalkWords} words
   * @param {((step: number) => void) | null} look - null where it only shows
   * @param {AbortSignal} on
   */
  constructor(words, look, on) {
    this.#look = look;
    this.#on = on;
    this.part = section(words.stack, "stack");
    this.#list.tabIndex = 0; // Where it is not all in sight, the keyboard scrolls it.
    this.part.append(this.#list);
  }

  showNone() {
    this.#list.replaceChildren();
  }

  /**
   * @param {Walk} walk
   * @param {number} at
   * @param {number} seen - the frame that is looked at
   */
  show(walk, at, seen) {
    this.#list.replaceChildren(...walk.stackOf(at).map((step) => this.#row(walk, step, step === seen)));
  }

  /**
   * @param {Walk} walk
   * @param {number} step
   * @param {boolean} isSeen
   */
  #row(walk, step, isSeen) {
    const item = element("li");
    const owner = walk.steps.owner[step];
    const button = pushButton("", "", () => this.#look?.(step), this.#on);
    button.append(element("code", "", walk.functionOf(step)), element("span", "where", walk.where(step)));
    if (owner) button.append(element("span", "owner", owner));
    button.setAttribute("aria-pressed", String(isSeen));
    if (!this.#look) button.disabled = true;
    item.append(button);
    return item;
  }
}
