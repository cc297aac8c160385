// Which picture is shown. Whoever shows another one says so here; all others look.

import { svgElement } from "../../../browser/element.js";
import { Picture } from "./picture.js";

export class Shown {
  #picture = emptyPicture();
  #isDrawn = false;

  get picture() {
    return this.#picture;
  }

  /** Has there been a drawing yet? */
  get isDrawn() {
    return this.#isDrawn;
  }

  /** @param {Picture} picture */
  show(picture) {
    this.#picture = picture;
    this.#isDrawn = true;
  }
}

/** What there is before the first drawing. */
function emptyPicture() {
  const payload = { address: "", net: "", title: "", svg: "", facts: {}, levels: {} };
  return new Picture(payload, svgElement("svg", {}), {
    size: { width: 1, height: 1 },
    isStrip: false,
    move: { x: 0, y: 0 },
    things: new Map(),
    wires: [],
    titles: new Map(),
    order: [],
    pieces: [],
  });
}

/**
 * Is it a drawing in rows? One whose address names another form is not.
 *
 * @param {string} address
 */
export function isInRows(address) {
  const asked = new URLSearchParams(address);
  return address !== "" && (asked.get("form") ?? "rows") === "rows";
}
