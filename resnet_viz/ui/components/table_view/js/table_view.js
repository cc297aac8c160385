// Puts the table's parts together: the table itself, what is lit in it, pointer and keyboard.

import { endView, rootOf, viewOf } from "../../browser/life.js";
import { Body } from "./body.js";
import { Keyboard } from "./keys.js";
import { Lit } from "./lit.js";
import { Pointer } from "./pointer.js";
import { Steppers } from "./stepper.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { TableData } from "../../payloads.d.ts" */
/** @import { ChoiceMessage } from "./lit.js" */
/** @import { CountMessage } from "./stepper.js" */

/** @typedef {FrontendRendererArgs<{ chosen: ChoiceMessage, counted: CountMessage }, TableData | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setStateValue }) {
  const root = rootOf(parentElement, "table-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new TableView(root, data, on));
  view.send = setStateValue;
  view.take(data);
  return () => endView(root);
}

class TableView {
  /** @type {Given["setStateValue"]} */
  send = () => {};
  #root;
  #body;
  #lit;
  #pointer;
  #keyboard;
  #steppers;

  /**
   * @param {HTMLElement} root
   * @param {TableData} data
   * @param {AbortSignal} on
   */
  constructor(root, data, on) {
    this.#root = root;
    this.#body = new Body(data, on);
    this.#lit = new Lit(this.#body, (message) => this.send("chosen", message));
    this.#pointer = new Pointer(this.#body, this.#lit, on);
    this.#keyboard = new Keyboard(this.#body, this.#lit, on);
    this.#steppers = new Steppers(this.#body, (message) => this.send("counted", message), on);
    this.#lit.changed.listen(() => this.#keyboard.follow());
    root.replaceChildren(this.#body.frame);
  }

  /** @param {TableData} data */
  take(data) {
    const held = this.#keyboard.hold();
    if (this.#body.take(data)) {
      this.#pointer.forget();
      this.#keyboard.takeUp(held);
    }
    this.#body.paint(this.#root);
    this.#lit.take(data);
    this.#steppers.take(data);
    this.#keyboard.begin();
  }
}
