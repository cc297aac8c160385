// What Python says is to be shown: which drawing, what is selected in it, and how it is coloured. It counts unless it
// answers something older than what was done here since.

/** @import { GraphMark } from "../../payloads.d.ts" */
/** @import { Asking } from "./asking/asking.js" */
/** @import { Telling } from "./asking/telling.js" */
/** @import { Camera } from "./camera/camera.js" */
/** @import { Colours } from "./marks/colours.js" */
/** @import { Selection } from "./marks/selection.js" */
/** @import { Shown } from "./picture/shown.js" */

/**
 * @typedef {object} MarkingParts
 * @property {Shown} shown
 * @property {Camera} camera
 * @property {Colours} colours
 * @property {Selection} selection
 * @property {Asking} asking
 * @property {Telling} telling
 */

export class Marking {
  #parts;
  /**
   * What Python selected while its drawing is on the way: it is to be brought into sight there.
   *
   * @type {string | null}
   */
  #sought = null;

  /** @param {MarkingParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {GraphMark} mark */
  take(mark) {
    const { shown, camera, colours, selection, asking, telling } = this.#parts;
    if (!telling.hears(mark)) return;
    asking.takeAddress(mark.address);
    if (!shown.isDrawn || telling.isUntold) return; // What was done meanwhile is not told yet.
    const isNews = mark.selected !== selection.id;
    if (isNews) selection.select(mark.selected);
    // Where another drawing is on the way, it is the one to show it in.
    if (shown.picture.address === mark.address) this.#sought = null;
    else if (isNews) this.#sought = mark.selected;
    if (mark.shade !== colours.metric) colours.shadeBy(mark.shade);
    const { thing } = selection;
    if (isNews && thing && !camera.isInSight(thing)) camera.bringIntoSight(thing, true);
  }

  /**
   * In a drawing that has just been shown; `mark` is what Python says now.
   *
   * @param {GraphMark | null} mark
   */
  takeAgain(mark) {
    const { shown, camera, selection } = this.#parts;
    const sought = shown.picture.drawnAround(this.#sought);
    if (!mark) return;
    this.take(mark);
    if (sought && selection.id === mark.selected && !camera.isInSight(sought)) camera.bringIntoSight(sought, true);
  }
}
