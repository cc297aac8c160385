// The panel of the net that is walked through.

import { element, pushButton } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { foldsAround } from "../record/folds.js";
import { Panel } from "./panel.js";

/** @import { FoldRow, WalkWords } from "../../../payloads.d.ts" */
/** @import { Position } from "../playing/position.js" */
/** @import { Question } from "../playing/question.js" */
/** @import { Steps } from "../playing/steps.js" */
/** @import { Sight } from "./sight.js" */

export class OwnPanel {
  #words;
  #steps;
  #on;
  #panel;

  /**
   * @param {WalkWords} words
   * @param {{ steps: Steps, question: Question, sight: Sight }} parts
   * @param {AbortSignal} on
   */
  constructor(words, { steps, question, sight }, on) {
    this.#words = words;
    this.#steps = steps;
    this.#on = on;
    const look = (/** @type {number} */ step) => steps.look(step);
    this.#panel = new Panel(words, "own", { question, sight, look }, on);
  }

  get root() {
    return this.#panel.root;
  }

  /**
   * Beside another net's panel it bears its net's name.
   *
   * @param {Position} position
   * @param {boolean} isBeside
   */
  show(position, isBeside) {
    const { walk, step, seen } = position;
    const fold = foldsAround(walk.folds, step).find(([start, length]) => step < start + length);
    this.#panel.setTitle(isBeside ? walk.name : this.#words.thisStep);
    this.#panel.show(walk, step, seen, fold ? [this.#foldNote(fold, position.isOpen(fold))] : []);
  }

  /**
   * @param {FoldRow} fold
   * @param {boolean} isOpen
   */
  #foldNote(fold, isOpen) {
    const words = this.#words;
    const [, , n] = fold;
    const note = element("p", "fold-note");
    note.append(element("strong", "", `×${n}`), ` ${sentence(isOpen ? words.foldOpen : words.foldClosed, { n })} `);
    note.append(pushButton(isOpen ? words.fold : words.unfold, "", () => this.#steps.toggleFold(fold), this.#on));
    return note;
  }
}
