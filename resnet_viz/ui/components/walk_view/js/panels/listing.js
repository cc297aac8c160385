// The source as it is installed, line by line: which one runs, how often each ran, and where to stop.

import { element, scrollable, targetOf } from "../../../browser/element.js";
import { observeSize } from "../../../browser/life.js";
import { makeCodeLine, tellRuns } from "./code_line.js";
import { inlineAnswers } from "./condition.js";
import { scrollToRow } from "./sight.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Breakpoints } from "../playing/breakpoints.js" */
/** @import { Position } from "../playing/position.js" */
/** @import { Question } from "../playing/question.js" */
/** @import { FileLines, Walk } from "../record/walk.js" */
/** @import { CodeLine } from "./code_line.js" */
/** @import { Sight } from "./sight.js" */

export class Listing {
  part = element("section", "listing");
  #head = element("p", "file");
  #code = element("div", "code");
  #inline = element("div", "inline");
  #words;
  #breakpoints;
  #question;
  #sight;
  /** @type {string | null} */
  #file = null;
  /** @type {Walk | null} */
  #told = null;
  /** @type {CodeLine[]} */
  #lines = [];
  /** @type {CodeLine[]} */
  #current = [];
  /** @type {CodeLine[]} */
  #caller = [];

  /**
   * @param {WalkWords} words
   * @param {{ breakpoints: Breakpoints, question: Question, sight: Sight }} parts
   * @param {AbortSignal} on
   */
  constructor(words, { breakpoints, question, sight }, on) {
    this.#words = words;
    this.#breakpoints = breakpoints;
    this.#question = question;
    this.#sight = sight;
    this.part.setAttribute("aria-label", words.source);
    this.part.append(this.#head, scrollable(this.#code, words.source));
    this.#code.addEventListener("click", (event) => this.#click(event), { signal: on });
    // Lines wrap otherwise in another width, and what was in sight is elsewhere.
    observeSize(this.#code, () => this.#bringIntoSight(), on);
  }

  /**
   * The lines of the step, and where a chosen frame of the stack stands.
   *
   * @param {Position} position
   * @param {boolean} isMoved
   */
  show(position, isMoved) {
    const { walk, step, seen } = position;
    this.#showFile(walk, walk.fileOf(seen));
    this.#unmark();
    this.#current = walk.fileOf(step) === this.#file ? this.#linesOf(walk, step) : [];
    this.#caller = seen === step ? [] : this.#linesOf(walk, seen);
    this.#mark();
    this.#showAnswers(walk, step);
    if (isMoved) this.#sight.later(() => this.#bringIntoSight());
  }

  #bringIntoSight() {
    const shown = this.#caller[0] ?? this.#current[0];
    if (shown) scrollToRow(this.#code, shown.row);
  }

  markBreakpoints() {
    this.#lines.forEach(({ row, gutter }, i) => {
      const isSet = this.#breakpoints.has(this.#file ?? "", i + 1);
      row.classList.toggle("stop", isSet);
      gutter.setAttribute("aria-pressed", String(isSet));
    });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = targetOf(event);
    /** @type {HTMLElement | null | undefined} */
    const row = target?.closest(".line");
    if (!target || !row || this.#file === null) return;
    const [file, line] = [this.#file, Number(row.dataset.line)];
    if (target.closest(".gutter")) this.#breakpoints.toggle(file, line);
    else if (this.#told?.stepsAt(file, line).length) this.#question.ask({ file, line });
  }

  /**
   * Another file, or another walk of the same one: the lines stay, what is told of them changes.
   *
   * @param {Walk} walk
   * @param {string} name
   */
  #showFile(walk, name) {
    const file = walk.files.get(name);
    if (!file) return;
    if (this.#file !== name) this.#makeLines(file);
    if (this.#told === walk) return;
    this.#told = walk;
    const { package: from, version, sha256 } = file;
    this.#head.replaceChildren(element("code", "", name), ` ${[from, version].filter(Boolean).join(" ")}`);
    this.#head.title = `sha256 ${sha256}`;
    this.#lines.forEach((line, i) => {
      tellRuns(this.#words, line, walk.stepsAt(name, i + 1).length);
    });
    this.markBreakpoints();
  }

  /** @param {FileLines} file */
  #makeLines({ file, lines, colours }) {
    this.#file = file;
    this.#lines = lines.map((text, i) => makeCodeLine(this.#words, text, i + 1, colours[i] ?? []));
    this.#code.replaceChildren(...this.#lines.map(({ row }) => row));
    this.#current = [];
    this.#caller = [];
    this.#told = null;
  }

  /**
   * @param {Walk} walk
   * @param {number} step
   */
  #linesOf({ steps }, step) {
    return this.#lines.slice(steps.line[step] - 1, steps.end_line[step]);
  }

  #unmark() {
    for (const { row } of this.#current) {
      row.classList.remove("current", "first");
      row.removeAttribute("aria-current");
    }
    for (const { row } of this.#caller) row.classList.remove("caller");
  }

  #mark() {
    for (const { row } of this.#current) row.classList.add("current");
    this.#current[0]?.row.classList.add("first");
    this.#current[0]?.row.setAttribute("aria-current", "step");
    for (const { row } of this.#caller) row.classList.add("caller");
  }

  /**
   * @param {Walk} walk
   * @param {number} step
   */
  #showAnswers(walk, step) {
    const condition = walk.conditionOf(step);
    const last = this.#current.at(-1);
    const answers = last && condition ? inlineAnswers(this.#words, condition) : [];
    this.#inline.replaceChildren(...answers);
    if (last && answers.length) last.row.after(this.#inline);
    else this.#inline.remove();
  }
}
