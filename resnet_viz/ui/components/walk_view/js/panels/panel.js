// What is told of a step: where it is, its condition, what it makes, the variables and the call stack. There are two
// where two nets are compared: one's own, and the one beside.

import { element, pushButton, section } from "../../../browser/element.js";
import { CallStack } from "./call_stack.js";
import { makeCondition } from "./condition.js";
import { Variables, valueWords } from "./variables.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Question } from "../playing/question.js" */
/** @import { Walk } from "../record/walk.js" */
/** @import { Sight } from "./sight.js" */

/**
 * @typedef {object} PanelParts
 * @property {Question} question
 * @property {Sight} sight
 * @property {((step: number) => void) | null} look - a frame of the call stack was chosen; null where none can be
 */

export class Panel {
  root;
  #words;
  #question;
  #on;
  #title;
  #body = element("div", "body");
  #variables;
  #stack;

  /**
   * @param {WalkWords} words
   * @param {string} className
   * @param {PanelParts} parts
   * @param {AbortSignal} on
   */
  constructor(words, className, { question, sight, look }, on) {
    this.#words = words;
    this.#question = question;
    this.#on = on;
    const step = section(words.thisStep, "this-step");
    this.#title = /** @type {Element} */ (step.firstElementChild);
    step.append(this.#body);
    this.#variables = new Variables(words, sight);
    this.#stack = new CallStack(words, look, on);
    this.root = element("div", `panel ${className}`);
    this.root.append(step, this.#variables.part, this.#stack.part);
  }

  /** @param {string} words */
  setTitle(words) {
    this.#title.textContent = words;
  }

  /**
   * `notes` are what else is said of the step; `seen` is the statement whose variables are shown.
   *
   * @param {Walk} walk
   * @param {number} at
   * @param {number} [seen]
   * @param {HTMLElement[]} [notes]
   */
  show(walk, at, seen = at, notes = []) {
    this.#body.replaceChildren(...this.#stepParts(walk, at), ...notes);
    this.#variables.show(walk, seen, seen !== at);
    this.#stack.show(walk, at, seen);
  }

  /** @param {string} words */
  showNone(words) {
    this.#body.replaceChildren(element("p", "none-yet", words));
    this.#variables.showNone();
    this.#stack.showNone();
  }

  /**
   * @param {Walk} walk
   * @param {number} at
   */
  #stepParts(walk, at) {
    const place = element("p", "place");
    place.append(element("code", "function", walk.functionOf(at)), element("span", "where", walk.where(at)));
    const owner = walk.steps.owner[at];
    if (owner) place.append(element("code", "owner", owner));
    /** @type {HTMLElement[]} */
    const parts = [place, element("pre", "statement", walk.codeOf(at).join("\n"))];
    const condition = walk.conditionOf(at);
    if (condition) parts.push(makeCondition(this.#words, condition));
    const nodes = walk.steps.node_ids[at];
    if (nodes.length) parts.push(this.#chips(walk.kind === "build" ? this.#words.makes : this.#words.runs, nodes));
    const returned = walk.returnedOf(at);
    if (returned) parts.push(this.#returned(returned));
    return parts;
  }

  /**
   * @param {string} label
   * @param {string[]} ids
   */
  #chips(label, ids) {
    const line = element("p", "chips");
    line.append(element("span", "", label), " ");
    for (const id of ids) {
      const chip = pushButton(id, this.#words.askNode, () => this.#question.ask({ node: id }), this.#on);
      chip.className = "chip";
      line.append(chip);
    }
    return line;
  }

  /** @param {Parameters<typeof valueWords>[0]} value */
  #returned(value) {
    const line = element("p", "returned");
    line.append(element("span", "", this.#words.returns), " ", valueWords(value));
    return line;
  }
}
