// Asked the other way round: which statement made a node, and what a line is responsible for.

import { element, pushButton, section } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { statementsOf } from "../record/origin.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Question } from "../playing/question.js" */
/** @import { Steps } from "../playing/steps.js" */
/** @import { Walk } from "../record/walk.js" */

const MOST_ROWS = 60;

export class AskedPanel {
  part;
  #body = element("div", "body");
  #words;
  #steps;
  #question;
  #on;

  /**
   * @param {WalkWords} words
   * @param {{ steps: Steps, question: Question }} parts
   * @param {AbortSignal} on
   */
  constructor(words, { steps, question }, on) {
    this.#words = words;
    this.#steps = steps;
    this.#question = question;
    this.#on = on;
    this.part = section(words.asked, "asked");
    this.part.hidden = true;
    const close = pushButton("×", words.close, () => question.close(), on);
    close.className = "close";
    this.part.append(close, this.#body);
  }

  show() {
    const { asked } = this.#question;
    const walk = this.#steps.position?.walk;
    this.part.hidden = asked === null || !walk;
    if (asked === null || !walk) return;
    const parts = "node" in asked ? this.#nodeParts(walk, asked.node) : this.#lineParts(walk, asked.file, asked.line);
    this.#body.replaceChildren(...parts);
  }

  /**
   * @param {Walk} walk
   * @param {string} id
   */
  #nodeParts(walk, id) {
    const steps = statementsOf(walk, id);
    if (!steps.length) return [titleOf(id), element("p", "", this.#words.notHere)];
    const list = element("ol", "statements");
    steps.forEach((at, n) => {
      const item = element("li");
      item.append(element("span", "label", n === 0 ? this.#firstLabel(walk) : this.#words.calledBy), " ");
      item.append(this.#statementLink(walk, at));
      list.append(item);
    });
    return [titleOf(id), list];
  }

  /** @param {Walk} walk */
  #firstLabel({ kind }) {
    return kind === "build" ? this.#words.madeBy : this.#words.runBy;
  }

  /**
   * A statement as a link: where it is, and its first line.
   *
   * @param {Walk} walk
   * @param {number} at
   */
  #statementLink(walk, at) {
    const owner = walk.steps.owner[at];
    const link = this.#stepLink(at, walk.where(at));
    link.append(element("code", "", walk.headOf(at)));
    if (owner) link.append(element("span", "owner", owner));
    return link;
  }

  /**
   * @param {Walk} walk
   * @param {string} file
   * @param {number} line
   */
  #lineParts(walk, file, line) {
    const words = this.#words;
    const steps = walk.stepsAt(file, line);
    if (!steps.length) return [titleOf(walk.lineOf(file, line)), element("p", "", words.notHere)];
    const counts = sentence(walk.kind === "build" ? words.lineMade : words.lineRan, {
      n: steps.length,
      nodes: walk.nodesAt(file, line).length,
    });
    const list = element("ul", "steps");
    for (const at of steps.slice(0, MOST_ROWS)) list.append(this.#lineStep(walk, at));
    const parts = [titleOf(walk.headOf(steps[0])), element("p", "", counts), list];
    const rest = steps.length - MOST_ROWS;
    return rest > 0 ? [...parts, element("p", "", sentence(words.more, { n: rest }))] : parts;
  }

  /**
   * @param {Walk} walk
   * @param {number} at
   */
  #lineStep(walk, at) {
    const { owner, node_ids: made } = walk.steps;
    const item = element("li");
    const link = this.#stepLink(at, sentence(this.#words.stepN, { n: at + 1 }));
    link.append(element("span", "owner", made[at].join(", ") || owner[at] || walk.partOf(at) || ""));
    item.append(link);
    return item;
  }

  /**
   * @param {number} at
   * @param {string} where
   */
  #stepLink(at, where) {
    const link = pushButton("", "", () => this.#steps.go(at), this.#on);
    link.className = "step-link";
    link.append(element("span", "where", where));
    return link;
  }
}

/** @param {string} code */
function titleOf(code) {
  const title = element("p");
  title.append(element("code", "", code));
  return title;
}
