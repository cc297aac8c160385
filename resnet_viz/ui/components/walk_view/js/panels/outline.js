// All steps as a list that opens: a statement to what it calls, equal passes to each of them. What is closed is not made.

import { element, section, targetOf } from "../../../browser/element.js";
import { atEnd } from "../../../browser/life.js";
import { OutlineRows } from "./outline_rows.js";
import { scrollToRow } from "./sight.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Position } from "../playing/position.js" */
/** @import { Steps } from "../playing/steps.js" */

const OUTLINE_MS = 60;

export class Outline {
  part;
  #list = element("ul");
  #words;
  #steps;
  /** @type {Set<number>} Opened by hand. */
  #open = new Set();
  /** @type {Set<number>} What leads to the step: open, and closed again when it is left. */
  #way = new Set();
  /** @type {Map<number, HTMLElement>} */
  #links = new Map();
  /** @type {HTMLElement | undefined} */
  #current;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #timer = null;

  /**
   * @param {WalkWords} words
   * @param {Steps} steps
   * @param {AbortSignal} on
   */
  constructor(words, steps, on) {
    this.#words = words;
    this.#steps = steps;
    this.part = section(words.steps, "outline");
    this.part.append(this.#list);
    // One listener for all rows: there are hundreds, and they are often made anew.
    this.#list.addEventListener("click", (event) => this.#click(event), { signal: on });
    atEnd(on, () => this.#stop());
  }

  /** Is it to be made anew soon? */
  get isComing() {
    return this.#timer !== null;
  }

  /** Another walk. */
  close() {
    this.#open.clear();
    this.#way.clear();
  }

  /**
   * Made anew for what may be another path.
   *
   * @param {Position} position
   */
  show(position) {
    this.#openWay(position);
    this.#build(position);
  }

  /**
   * The row of the step is marked at once where there is one; the list is made anew when nobody moves on any more.
   *
   * @param {Position} position
   * @param {boolean} isMoved
   */
  mark(position, isMoved) {
    this.#stop();
    const isNew = isMoved && this.#openWay(position);
    this.#mark(position, isMoved && !isNew);
    if (isNew) this.#timer = setTimeout(() => this.#remake(position), OUTLINE_MS);
  }

  #stop() {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** @param {Position} position */
  #remake(position) {
    this.#timer = null;
    this.#build(position);
    this.#mark(position, true);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { position } = this.#steps;
    const button = targetOf(event)?.closest("button");
    if (!button || !position) return;
    const { fold, twist, step } = button.dataset;
    if (fold) this.#steps.toggleFold(position.walk.folds[Number(fold)]);
    else if (twist) this.#toggle(position, Number(twist));
    else if (step) this.#steps.go(Number(step));
  }

  /**
   * @param {Position} position
   * @param {number} at
   */
  #toggle(position, at) {
    const isOpen = this.#open.delete(at);
    if (!this.#way.delete(at) && !isOpen) this.#open.add(at);
    this.#build(position);
    this.mark(position, false);
  }

  /** @param {Position} position */
  #build(position) {
    const isOpen = (/** @type {number} */ at) => this.#open.has(at) || this.#way.has(at);
    const rows = new OutlineRows(this.#words, position, isOpen);
    const top = this.#list.scrollTop;
    this.#list.replaceChildren(...rows.all());
    this.#list.scrollTop = top;
    this.#links = rows.links;
  }

  /**
   * The row of the step, or of the nearest statement around it that is shown.
   *
   * @param {Position} position
   * @param {boolean} isMoved
   */
  #mark({ walk, step }, isMoved) {
    this.#current?.classList.remove("current");
    this.#current?.removeAttribute("aria-current");
    const at = walk.stackOf(step).find((found) => this.#links.has(found));
    this.#current = at === undefined ? undefined : this.#links.get(at);
    this.#current?.classList.add("current");
    this.#current?.setAttribute("aria-current", "step");
    const row = this.#current?.closest("li");
    if (isMoved && row) scrollToRow(this.#list, row);
  }

  /**
   * What leads to the step is open, and closes again when it is left; what was opened by hand stays. Is the list to be
   * made anew for it?
   *
   * @param {Position} position
   */
  #openWay({ walk, step }) {
    const way = walk.stackOf(step).slice(1);
    const isSame = way.length === this.#way.size && way.every((found) => this.#way.has(found));
    if (isSame && this.#links.has(step)) return false;
    this.#way = new Set(way);
    return true;
  }
}
