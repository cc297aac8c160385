// The same line in another net, beside one's own.

import { scrollable } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { alignedStep } from "../record/align.js";
import { Panel } from "./panel.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Position } from "../playing/position.js" */
/** @import { Question } from "../playing/question.js" */
/** @import { NetWalks } from "../record/net.js" */
/** @import { Sight } from "./sight.js" */

export class OtherPanel {
  #words;
  #panel;
  /** @type {NetWalks | null} */
  #walks = null;

  /**
   * @param {WalkWords} words
   * @param {{ question: Question, sight: Sight }} parts
   * @param {AbortSignal} on
   */
  constructor(words, { question, sight }, on) {
    this.#words = words;
    this.#panel = new Panel(words, "other", { question, sight, look: null }, on);
    this.root.hidden = true;
    scrollable(this.root, words.otherNet);
  }

  get root() {
    return this.#panel.root;
  }

  get isThere() {
    return this.#walks !== null;
  }

  /** @param {NetWalks | null} walks */
  take(walks) {
    this.#walks = walks;
  }

  /** @param {Position} position */
  show({ walk, step }) {
    this.root.hidden = !this.#walks;
    if (!this.#walks) return;
    const other = this.#walks[walk.kind];
    const at = alignedStep(walk, other, step);
    this.#panel.setTitle(other.name);
    if (at === null) this.#panel.showNone(sentence(this.#words.noLine, { net: other.name }));
    else this.#panel.show(other, at);
  }
}
