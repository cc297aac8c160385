// The projector mode on the page's root element: how large type is, whether the bar is seen, and what is fitted.

import { atEnd } from "../../browser/life.js";
import { tellScaled } from "../../browser/page_events.js";
import { fitTable, shadowOfTable } from "./fitting.js";
import { projectorScale } from "./type_scale.js";

/** @import { ScreenMessage } from "../../payloads.d.ts" */
/** @typedef {(screen: ScreenMessage) => void} TellScreen */

/** Until the bar fades. */
const RESTS_AFTER = 3000;
/** A window is dragged to its size, not set to it. */
const TOLD_AFTER = 300;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "focusin"];

export class Stage {
  #isOn = false;
  #timer = 0;
  #page = document.documentElement;
  #observer = new MutationObserver(() => this.#fitSoon());
  #frame = 0;
  #telling = 0;
  #told = "";
  /** @type {TellScreen} Another one at each call. */
  #tell = () => {};

  /** @param {AbortSignal} on */
  constructor(on) {
    for (const sign of SIGNS_OF_LIFE) {
      window.addEventListener(sign, () => this.#wake(), { capture: true, passive: true, signal: on });
    }
    window.addEventListener("resize", () => this.#measure(), { signal: on });
    atEnd(on, () => this.take(false));
  }

  /** @param {TellScreen} tell */
  tellBy(tell) {
    this.#tell = tell;
  }

  /** @param {boolean} isOn */
  take(isOn) {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    this.#page.toggleAttribute("data-projector", isOn);
    if (isOn) this.#observer.observe(document.body, { childList: true, subtree: true });
    else this.#observer.disconnect();
    this.#measure();
    this.#wake();
  }

  #measure() {
    const { style } = this.#page;
    const before = style.getPropertyValue("--type-scale");
    if (this.#isOn) style.setProperty("--type-scale", String(projectorScale(window)));
    else style.removeProperty("--type-scale");
    if (style.getPropertyValue("--type-scale") !== before) tellScaled();
    clearTimeout(this.#telling);
    if (this.#isOn) this.#telling = window.setTimeout(() => this.#tellScreen(), TOLD_AFTER);
    this.#fitSoon();
  }

  /** Python draws charts for it. */
  #tellScreen() {
    const screen = { scale: projectorScale(window), height: window.innerHeight };
    const told = JSON.stringify(screen);
    if (told === this.#told) return;
    this.#told = told;
    this.#tell(screen);
  }

  #wake() {
    clearTimeout(this.#timer);
    this.#page.removeAttribute("data-resting");
    if (this.#isOn) this.#timer = window.setTimeout(() => this.#rest(), RESTS_AFTER);
  }

  /** Who goes through the bar by keyboard sees it for as long as that takes. */
  #rest() {
    if (focusedByKeyboard()?.closest(".st-key-projector_bar")) this.#wake();
    else this.#page.setAttribute("data-resting", "");
  }

  #fitSoon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#fit());
  }

  /** A shadow is watched by itself: the table comes into it, and changes there. */
  #fit() {
    const shadow = shadowOfTable();
    if (shadow && this.#isOn) this.#observer.observe(shadow, { childList: true, subtree: true });
    fitTable(this.#isOn);
  }
}

/** The element of the page that has the keyboard's focus, in sight as such. */
function focusedByKeyboard() {
  const outer = document.activeElement;
  const inner = outer?.shadowRoot?.activeElement ?? outer;
  return inner?.matches(":focus-visible") ? outer : null;
}
