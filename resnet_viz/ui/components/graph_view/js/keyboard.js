// Going through the net with the keyboard, along the wires as they are drawn; and the keys of the view.

import { handled, targetOf } from "../../browser/element.js";
import { hasModifier } from "../../browser/grid.js";
import { STEP } from "./camera/scale.js";
import { nextAlong } from "./picture/neighbours.js";

/** @import { Panels } from "./around/panels.js" */
/** @import { Opening } from "./asking/opening.js" */
/** @import { Camera } from "./camera/camera.js" */
/** @import { FullScreen } from "./camera/full_screen.js" */
/** @import { Focus } from "./marks/focus.js" */
/** @import { Selection } from "./marks/selection.js" */
/** @import { Tip } from "./marks/tip.js" */
/** @import { Voice } from "./marks/voice.js" */
/** @import { Thing } from "./picture/drawing.js" */
/** @import { Way } from "./picture/neighbours.js" */
/** @import { Shown } from "./picture/shown.js" */

/**
 * @typedef {object} KeyboardParts
 * @property {Shown} shown
 * @property {Camera} camera
 * @property {FullScreen} fullScreen
 * @property {Focus} focus
 * @property {Selection} selection
 * @property {Tip} tip
 * @property {Voice} voice
 * @property {Opening} opening
 */

export class Keyboard {
  #parts;
  #panelsNow;

  /**
   * @param {HTMLElement} root
   * @param {KeyboardParts} parts
   * @param {() => Panels} panelsNow
   * @param {AbortSignal} on
   */
  constructor(root, parts, panelsNow, on) {
    this.#parts = parts;
    this.#panelsNow = panelsNow;
    const { pane } = parts.camera;
    document.addEventListener("keydown", (event) => this.#onPageKey(event), { signal: on });
    root.addEventListener("keydown", (event) => this.#onKey(event), { signal: on });
    pane.addEventListener("focusin", (event) => this.#onFocus(event), { signal: on });
    pane.addEventListener("focusout", () => parts.tip.hide(), { signal: on });
  }

  /** @param {FocusEvent} event */
  #onFocus(event) {
    const { shown, focus, tip } = this.#parts;
    const thing = shown.picture.thingOf(targetOf(event));
    if (!thing) return;
    focus.makeCurrent(thing);
    if (thing.element.matches(":focus-visible")) tip.showFocused(thing);
  }

  /**
   * The whole screen also where nothing of the page has the keyboard, as after it was opened.
   *
   * @param {KeyboardEvent} event
   */
  #onPageKey(event) {
    if (event.key !== "f" || hasModifier(event) || event.target !== document.body) return;
    this.#parts.fullScreen.toggle();
    handled(event);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const target = targetOf(event);
    if (hasModifier(event) || this.#panelsNow().help.open || target?.matches("input, select")) return;
    const thing = this.#parts.shown.picture.thingOf(target);
    const act = (thing && this.#actsOnThing(thing).get(event.key)) ?? this.#actsOnView().get(event.key);
    if (!act) return;
    act();
    handled(event);
  }

  /** @returns {Map<string, () => void>} */
  #actsOnView() {
    const { camera, fullScreen, focus, selection } = this.#parts;
    return new Map([
      ["+", () => camera.zoomBy(STEP)],
      ["=", () => camera.zoomBy(STEP)],
      ["-", () => camera.zoomBy(1 / STEP)],
      ["0", () => camera.zoomTo(camera.fitScale)],
      ["1", () => camera.zoomTo(camera.natural)],
      ["f", () => fullScreen.toggle()],
      ["g", () => focus.centre(selection.thing)],
      ["i", () => this.#chooseNeighbour("ins")],
      ["o", () => this.#chooseNeighbour("outs")],
      ["/", () => this.#panelsNow().search()],
      ["?", () => this.#panelsNow().help.showModal()],
    ]);
  }

  /**
   * @param {Thing} thing
   * @returns {Map<string, () => void>}
   */
  #actsOnThing(thing) {
    const { focus, selection, opening, voice } = this.#parts;
    const { picture } = this.#parts.shown;
    const next = (/** @type {Way} */ way, isShortcut = false) => nextAlong(picture, thing, way, isShortcut);
    return new Map([
      ["ArrowRight", () => focus.moveTo(next("outs", true))],
      ["ArrowLeft", () => focus.moveTo(next("ins", true))],
      ["ArrowDown", () => focus.moveTo(thing.isFrame ? picture.boxesIn(thing)[0] : next("outs"))],
      ["ArrowUp", () => focus.moveTo(thing.isFrame ? picture.frameAround(thing.id) : next("ins"))],
      ["Home", () => focus.moveTo(picture.order[0])],
      ["End", () => focus.moveTo(picture.order.at(-1))],
      ["Enter", () => void (opening.open(thing.id) || selection.choose(thing.id))],
      [" ", () => selection.choose(thing.id)],
      ["Backspace", () => void (opening.close(thing.id) || voice.say(voice.words.allClosed))],
      ["Escape", () => this.#goUp(thing)],
    ]);
  }

  /**
   * To the frame around; from the outermost one, to nothing selected.
   *
   * @param {Thing} thing
   */
  #goUp(thing) {
    const { shown, focus, selection } = this.#parts;
    const frame = shown.picture.frameAround(thing.id);
    focus.moveTo(frame);
    selection.choose(frame?.id ?? null);
  }

  /** @param {Way} way */
  #chooseNeighbour(way) {
    const { shown, camera, focus, selection, voice } = this.#parts;
    const from = selection.thing ?? focus.current;
    const to = from && nextAlong(shown.picture, from, way, false);
    if (!to) {
      voice.say(way === "ins" ? voice.words.noInputs : voice.words.noOutputs);
      return;
    }
    camera.bringIntoSight(to);
    focus.moveTo(to);
    selection.choose(to.id);
  }
}
