// The slider over the path, below the places where stem, stages and head begin.

import { element, pushButton } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";

/** @import { StageMark, WalkWords } from "../../../payloads.d.ts" */
/** @import { Position } from "../playing/position.js" */
/** @import { Steps } from "../playing/steps.js" */

const COLOURS = 4;

/**
 * Where each part begins and ends, as shares of the path.
 *
 * @param {Position} position
 */
export function spansOf({ walk, path }) {
  const starts = walk.marks.map(([step]) => path.placeOf(step) / path.length);
  return walk.marks.map((mark, n) => ({ mark, start: starts[n], end: starts[n + 1] ?? 1 }));
}

/** @param {StageMark} mark */
function tickClass([, id, number]) {
  return `tick ${number === null ? id : `stage${number % COLOURS}`}`;
}

export class Timeline {
  box = element("div", "timeline");
  #band = element("div", "band");
  #slider = element("input");
  #words;
  #steps;
  #on;

  /**
   * @param {WalkWords} words
   * @param {Steps} steps
   * @param {AbortSignal} on
   */
  constructor(words, steps, on) {
    this.#words = words;
    this.#steps = steps;
    this.#on = on;
    this.#slider.type = "range";
    this.#slider.min = "0";
    this.#slider.setAttribute("aria-label", words.slider);
    this.#slider.addEventListener("input", () => steps.slideTo(Number(this.#slider.value)), { signal: on });
    this.box.append(this.#band, this.#slider);
  }

  /**
   * Another path: the parts in the colours of the drawing, each a button to where it begins.
   *
   * @param {Position} position
   */
  showPath(position) {
    this.#band.replaceChildren(...spansOf(position).map((span) => this.#tick(span)));
    this.#slider.max = String(position.path.length - 1);
  }

  /**
   * @param {Position} position
   * @param {string} said - where the step is, in words
   */
  show({ place }, said) {
    this.#slider.value = String(place);
    this.#slider.setAttribute("aria-valuetext", said);
  }

  /** @param {ReturnType<typeof spansOf>[number]} span */
  #tick({ mark, start, end }) {
    const [step, part] = mark;
    const tick = pushButton(part, sentence(this.#words.toPart, { part }), () => this.#steps.go(step), this.#on);
    tick.className = tickClass(mark);
    // From the right: what is wider than its part, for its name's sake, lies over the one before.
    tick.style.right = `${100 * (1 - end)}%`;
    tick.style.width = `${100 * (end - start)}%`;
    return tick;
  }
}
