// The facts of what is selected, at once and without the server: a card of a height that never changes.

import { element, svgElement, targetOf } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { branchesOf } from "../picture/branches.js";
import { neighboursOf } from "../picture/neighbours.js";
import { LevelButtons } from "./level_buttons.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Branch } from "../picture/branches.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { Shown } from "../picture/shown.js" */

export class Card {
  element = element("div", "card");
  #shown;
  #words;
  #levels;
  #name = element("strong", "name");
  #about = element("span", "about");
  #figures = element("div", "figures");
  #around = element("div", "around");
  /**
   * What the card tells of.
   *
   * @type {string | null}
   */
  #id = null;

  /**
   * @param {Shown} shown
   * @param {GraphWords} words
   * @param {{ showAt: (id: string, level: string) => void, choose: (thing: Thing) => void }} acts
   * @param {AbortSignal} on
   */
  constructor(shown, words, { showAt, choose }, on) {
    this.#shown = shown;
    this.#words = words;
    this.#levels = new LevelButtons(words, (level) => this.#id !== null && showAt(this.#id, level), on);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", words.facts);
    const head = element("div", "head");
    head.append(this.#name, this.#about);
    this.element.append(head, this.#levels.element, this.#figures, this.#around);
    this.#around.addEventListener("click", (event) => this.#onClick(event, choose), { signal: on });
  }

  /**
   * Of nothing, the card tells the net as a whole.
   *
   * @param {string | null} id
   * @param {boolean} isSelected whether it also lights up in the drawing
   */
  show(id, isSelected) {
    const { picture } = this.#shown;
    const known = id !== null && picture.factsOf(id) ? id : null;
    this.#id = known ?? picture.network;
    const facts = this.#id === null ? undefined : picture.factsOf(this.#id);
    const isNetwork = facts?.kind === "network";
    this.#name.textContent = this.#id === null ? "" : picture.nameOf(this.#id, this.#words.network);
    tellWhole(this.#about, isNetwork ? "" : (facts?.about ?? ""));
    tellWhole(this.#figures, [facts?.shape, ...(facts?.costs ?? [])].filter(Boolean).join(" · "));
    this.#around.replaceChildren(
      ...(isNetwork
        ? [element("span", "hint", isTouched() ? this.#words.hintTouch : this.#words.hint)]
        : this.#partsAround(known, isSelected)),
    );
    // The page has a control for the net as a whole.
    this.#levels.update(picture, isNetwork ? null : this.#id);
  }

  /**
   * @param {string | null} id
   * @param {boolean} isSelected
   */
  #partsAround(id, isSelected) {
    if (id === null) return [];
    const parts = this.#chipsAround(id);
    const isLit = isSelected && branchesOf(this.#shown.picture, id) !== null;
    return isLit ? [...parts, this.#branchSign("residual"), this.#branchSign("bypassing")] : parts;
  }

  /**
   * What is folded away has no wires of its own: those of the box that stands for it would not be true of it.
   *
   * @param {string} id
   */
  #chipsAround(id) {
    const [words, { picture }] = [this.#words, this.#shown];
    const thing = picture.drawnAround(id);
    if (!thing) return [];
    if (thing.id !== id) return chipRow(words.inside, [thing], words.toAround);
    return [
      ...chipRow(words.ins, neighboursOf(picture, thing, "ins"), words.toInput),
      ...chipRow(words.outs, neighboursOf(picture, thing, "outs"), words.toOutput),
    ];
  }

  /**
   * What the two lights mean: a solid and a dashed halo.
   *
   * @param {Branch} branch
   */
  #branchSign(branch) {
    const sign = element("span", "branch-sign");
    const svg = svgElement("svg", { width: 30, height: 12, "aria-hidden": "true" });
    svg.append(
      svgElement("path", { d: "M2,6H28", class: `halo ${branch}` }),
      svgElement("path", { d: "M0,6H30", class: "thread" }),
    );
    sign.append(svg, this.#words[branch]);
    return sign;
  }

  /**
   * @param {MouseEvent} event
   * @param {(thing: Thing) => void} choose
   */
  #onClick(event, choose) {
    const chip = /** @type {HTMLElement | null} */ (targetOf(event)?.closest(".chip"));
    const thing = this.#shown.picture.things.get(chip?.dataset.id ?? "");
    if (thing) choose(thing);
  }
}

/** Is a finger what points here? */
function isTouched() {
  return matchMedia("(pointer: coarse)").matches;
}

/**
 * Words that may be cut off: all of them in a tooltip.
 *
 * @param {HTMLElement} place
 * @param {string} words
 */
function tellWhole(place, words) {
  place.textContent = words;
  place.title = words;
}

/**
 * @param {string} label
 * @param {Thing[]} things
 * @param {string} spoken
 * @returns {Element[]}
 */
function chipRow(label, things, spoken) {
  const chips = things.map(({ id }) => {
    const chip = element("button", "chip", id);
    chip.type = "button";
    chip.dataset.id = id;
    chip.setAttribute("aria-label", sentence(spoken, { name: id }));
    return chip;
  });
  const row = element("span", "chips");
  row.append(element("span", "chips-label", label), ...chips);
  return chips.length ? [row] : [];
}
