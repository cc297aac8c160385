// A clicker's keys, for the whole page: on and back through a lesson or a tour, and a black screen. Keys are left to
// whatever has a use for them: fields, sliders, menus, and the views of ours, which take theirs before they come here.

import { hasModifier } from "../../browser/grid.js";
import { STEP_BUTTONS, stepButton } from "../../browser/steps.js";
import { Blank } from "./blank.js";

/** @import { StepWay } from "../../browser/steps.js" */

/** @type {Map<string, StepWay>} */
const PAGE_KEYS = new Map([
  ["PageDown", "next"],
  ["PageUp", "back"],
]);
/** @type {Map<string, StepWay>} */
const ARROW_KEYS = new Map([
  ["ArrowRight", "next"],
  ["ArrowLeft", "back"],
]);
/** What writes or chooses with keys. */
const FIELDS =
  "input, textarea, select, [contenteditable='true'], [role='slider'], [role='listbox'], [role='menu'], [role='dialog'], " +
  "[role='combobox'], [role='spinbutton'], [role='grid']";
/** Where arrows move nothing. */
const PLAIN = "html, body, [data-testid='stMain'], [data-testid='stApp'], [data-testid='stAppViewContainer']";

export class PageKeys {
  #blank;

  /** @param {AbortSignal} on */
  constructor(on) {
    this.#blank = new Blank(on);
    document.addEventListener("keydown", (event) => this.#press(event), { signal: on });
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.defaultPrevented || hasModifier(event) || event.isComposing) return;
    const target = innermost(event);
    if (target?.closest(FIELDS)) return;
    const act = this.#actOf(event, target);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Element | null} target
   */
  #actOf({ key, repeat }, target) {
    const isProjector = document.documentElement.hasAttribute("data-projector");
    const way = PAGE_KEYS.get(key) ?? (isPlain(target) ? ARROW_KEYS.get(key) : undefined);
    const button = way ? stepButton(way) : null;
    if (button) return () => void (repeat || button.disabled || button.click());
    if (!isProjector) return null;
    if (key === "b" || key === "B" || key === ".") return () => this.#blank.show();
    if (key === "Escape") return leave;
    return null;
  }
}

/**
 * What has the keyboard, also within a shadow.
 *
 * @param {Event} event
 */
function innermost(event) {
  const [target] = event.composedPath();
  return target instanceof Element ? target : null;
}

/**
 * Has nothing the keyboard, or only what steps?
 *
 * @param {Element | null} target
 */
function isPlain(target) {
  return !target || target.matches(PLAIN) || target.closest(`${STEP_BUTTONS}, .page-steps`) !== null;
}

/** The mode is left as by its button. */
function leave() {
  /** @type {HTMLElement | null} */
  const button = document.querySelector(".st-key-w_leave_projector button");
  button?.click();
}
