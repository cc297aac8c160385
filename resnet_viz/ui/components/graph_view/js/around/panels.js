// All around the drawing that says something in the reader's language: made anew for another language.

import { element } from "../../../browser/element.js";
import { Card } from "./card.js";
import { makeHelp } from "./help.js";
import { Legend } from "./legend.js";
import { SearchBox } from "./search_box.js";
import { ShadeChooser } from "./shade_chooser.js";
import { makeGoButton, makeToolRow, makeViewButtons } from "./toolbar.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Opening } from "../asking/opening.js" */
/** @import { Telling } from "../asking/telling.js" */
/** @import { Camera } from "../camera/camera.js" */
/** @import { FullScreen } from "../camera/full_screen.js" */
/** @import { Colours, Shade } from "../marks/colours.js" */
/** @import { Focus } from "../marks/focus.js" */
/** @import { Hits } from "../marks/hits.js" */
/** @import { Selection } from "../marks/selection.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { Shown } from "../picture/shown.js" */

/**
 * @typedef {object} PanelParts
 * @property {Shown} shown
 * @property {Camera} camera
 * @property {FullScreen} fullScreen
 * @property {Colours} colours
 * @property {Focus} focus
 * @property {Selection} selection
 * @property {Hits} hits
 * @property {Opening} opening
 * @property {Telling} telling
 */

export class Panels {
  bar;
  signs;
  trouble;
  card;
  help;
  #parts;
  #search;
  #shade;
  #legend;
  #goButton;

  /**
   * @param {PanelParts} parts
   * @param {GraphWords} words
   * @param {AbortSignal} on
   */
  constructor(parts, words, on) {
    this.#parts = parts;
    const { shown, camera, fullScreen, colours, focus, selection, hits, opening } = parts;
    this.help = makeHelp(words, on);
    this.trouble = element("p", "trouble none", words.trouble);
    this.#search = new SearchBox(hits, words, () => this.#takeHit(), on);
    this.#shade = new ShadeChooser(colours.metrics, words, (metric) => this.#shadeBy(metric), on);
    this.#legend = new Legend(words.legend);
    this.#goButton = makeGoButton(words.goTitle, () => focus.centre(selection.thing), on);
    const others = [this.#goButton, fullScreen.makeButton(words, on)];
    const buttons = makeViewButtons(camera, words, others, () => this.help.showModal(), on);
    this.bar = makeToolRow("bar", [this.#search.element, this.#shade.element, buttons]);
    this.signs = makeToolRow("signs", [this.#legend.element, this.#shade.legend]);
    const acts = {
      showAt: (/** @type {string} */ id, /** @type {string} */ level) => opening.show(id, level),
      choose: (/** @type {Thing} */ thing) => {
        focus.moveTo(thing);
        selection.choose(thing.id);
      },
    };
    this.card = new Card(shown, words, acts, on);
  }

  /** The keyboard goes to the search. */
  search() {
    this.#search.focus();
  }

  /**
   * The card tells of a node that need not be the selected one; of none, of that.
   *
   * @param {string | null} id
   */
  tellOf(id = null) {
    const selected = this.#parts.selection.id;
    this.card.show(id ?? selected, id === null || id === selected);
  }

  updateSelection() {
    this.#goButton.disabled = !this.#parts.selection.thing;
    this.tellOf();
  }

  updateHits() {
    this.#search.update();
  }

  /**
   * Another drawing, or another shade or theme of it.
   *
   * @param {Shade} shade
   */
  updateColours(shade) {
    this.#legend.update(this.#parts.shown.picture.svg);
    this.#shade.show(shade);
  }

  /** Select the hit that is looked at; what is not drawn is opened first. */
  #takeHit() {
    const { shown, focus, selection, hits, opening } = this.#parts;
    const id = hits.current;
    if (id === null) return;
    const thing = shown.picture.things.get(id);
    if (!thing) {
      opening.reveal(id);
      return;
    }
    focus.moveTo(thing);
    selection.choose(id);
  }

  /** @param {string} metric */
  #shadeBy(metric) {
    this.#parts.colours.shadeBy(metric);
    this.#parts.telling.tell("shaded", { metric });
  }
}
