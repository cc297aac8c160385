// Mounts a code walk. Called again with the same element whenever data or theme change: one view per element is kept.

import { atEnd, endView, rootOf, viewOf } from "../../browser/life.js";
import { pageRegistry } from "../../browser/registry.js";
import { followTheme } from "../../browser/theme.js";
import { Turns } from "../../browser/turns.js";
import { WalkScreen } from "./screen.js";

/** @import { FrontendRenderer } from "@streamlit/component-v2-lib" */
/** @import { RestMessage, WalkViewData } from "../../payloads.d.ts" */

/** @typedef {(name: "rested", message: RestMessage) => void} Trigger */

class WalkView {
  screen;
  turns;
  /** @type {Trigger} Another one at each call. */
  #trigger = () => {};

  /**
   * @param {HTMLElement} root
   * @param {WalkViewData} data
   * @param {Turns} turns
   * @param {AbortSignal} on
   */
  constructor(root, data, turns, on) {
    this.turns = turns;
    this.screen = new WalkScreen(root, data, { turns, send: (message) => this.#trigger("rested", message) }, on);
    const { walks, growths } = pageRegistry();
    atEnd(on, () => {
      if (walks.get(data.walk) === this.screen) walks.delete(data.walk);
      growths.delete(data.graph);
    });
  }

  /** @param {Trigger} trigger */
  tellBy(trigger) {
    this.#trigger = trigger;
  }
}

/** @type {FrontendRenderer<{ rested: RestMessage }, WalkViewData | null>} */
export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "walk-view");
  if (!root || !data) return undefined;
  const { turns, screen } = viewOf(root, (on) => new WalkView(root, data, new Turns(), on));
  // In another language all of it is said anew; what was told before is not.
  if (screen.language !== data.language) endView(root);
  const view = viewOf(root, (on) => new WalkView(root, data, turns, on));
  followTheme(root);
  view.tellBy(setTriggerValue);
  const { walks, walkMarks, walkPlaces } = pageRegistry();
  const [places, mark] = [walkPlaces.get(data.walk) ?? [], walkMarks.get(data.walk)];
  walks.set(data.walk, view.screen);
  for (const [part, place] of places) view.screen.takePlace(part, place);
  if (mark) view.screen.takeMark(mark);
  return () => endView(root);
}
