// The rows of the list of all steps.

import { element } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { foldEnd } from "../record/folds.js";

/** @import { FoldRow, WalkWords } from "../../../payloads.d.ts" */
/** @import { Position } from "../playing/position.js" */

const MOST_IDS = 3;

/**
 * @param {string} className
 * @param {"fold" | "twist" | "step"} key
 * @param {number} value
 */
function rowButton(className, key, value) {
  const button = element("button", className);
  button.type = "button";
  button.dataset[key] = String(value);
  return button;
}

export class OutlineRows {
  /** @type {Map<number, HTMLElement>} The links of the steps that have a row. */
  links = new Map();
  #words;
  #position;
  #walk;
  #isOpen;

  /**
   * @param {WalkWords} words
   * @param {Position} position
   * @param {(at: number) => boolean} isOpen - is what a step calls to be shown?
   */
  constructor(words, position, isOpen) {
    this.#words = words;
    this.#position = position;
    this.#walk = position.walk;
    this.#isOpen = isOpen;
  }

  all() {
    return this.#between(0, this.#walk.length, this.#walk.steps.depth[0]);
  }

  /**
   * The steps of one call between two, and the passes that are folded among them.
   *
   * @param {number} start
   * @param {number} end
   * @param {number} depth
   */
  #between(start, end, depth) {
    const rows = [];
    for (let at = start; at < end; ) {
      const fold = this.#foldAt(at, end, depth);
      if (fold) rows.push(this.#foldRow(fold, depth));
      if (fold && !this.#position.isOpen(fold)) {
        at = foldEnd(fold);
        continue;
      }
      rows.push(this.#stepRow(at, depth));
      at = this.#walk.firstFrom(at + 1, depth) ?? this.#walk.length;
    }
    return rows;
  }

  /**
   * @param {number} at
   * @param {number} end
   * @param {number} depth
   */
  #foldAt(at, end, depth) {
    const { folds, steps } = this.#walk;
    return folds.find((fold) => fold[0] === at && steps.depth[at] === depth && foldEnd(fold) <= end);
  }

  /**
   * @param {FoldRow} fold
   * @param {number} depth
   */
  #foldRow(fold, depth) {
    const [start, length, n] = fold;
    const row = element("li", "fold");
    const isShown = this.#position.isOpen(fold);
    const button = rowButton("row", "fold", this.#walk.folds.indexOf(fold));
    button.setAttribute("aria-expanded", String(isShown));
    button.append(element("span", "twist", isShown ? "▾" : "▸"), element("strong", "times", `×${n}`));
    button.append(element("code", "", this.#walk.headOf(start)));
    button.append(element("span", "about", sentence(this.#words.passes, { n, length })));
    row.append(button);
    row.style.setProperty("--depth", String(depth));
    // The first pass stands for all.
    if (!isShown) row.append(this.#inner(start, start + length, depth));
    return row;
  }

  /**
   * @param {number} at
   * @param {number} depth
   */
  #stepRow(at, depth) {
    const walk = this.#walk;
    const row = element("li", "step");
    const line = element("div", "row");
    line.style.setProperty("--depth", String(depth));
    const end = walk.hasCalls(at) && !walk.isCall(at) ? walk.endOf(at) : at + 1;
    const hasInner = end > at + 1;
    const isShown = hasInner && this.#isOpen(at);
    line.append(hasInner ? this.#twist(at, isShown) : element("span", "twist"), this.#link(at));
    row.append(line);
    if (isShown) row.append(this.#inner(at + 1, end, depth + 1));
    return row;
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {number} depth
   */
  #inner(start, end, depth) {
    const inner = element("ul");
    inner.append(...this.#between(start, end, depth));
    return inner;
  }

  /**
   * @param {number} at
   * @param {boolean} isShown
   */
  #twist(at, isShown) {
    const twist = rowButton("twist", "twist", at);
    twist.textContent = isShown ? "▾" : "▸";
    twist.setAttribute("aria-label", this.#words.calls);
    twist.setAttribute("aria-expanded", String(isShown));
    return twist;
  }

  /** @param {number} at */
  #link(at) {
    const { steps } = this.#walk;
    const link = rowButton("step-link", "step", at);
    link.append(element("span", "where", String(steps.line[at])), element("code", "", this.#walk.headOf(at)));
    const ids = steps.node_ids[at];
    const more = ids.length > MOST_IDS ? " …" : "";
    if (ids.length) link.append(element("span", "owner", ids.slice(0, MOST_IDS).join(", ") + more));
    this.links.set(at, link);
    return link;
  }
}
