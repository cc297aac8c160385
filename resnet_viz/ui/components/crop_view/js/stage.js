// The picture, what is outside of the frame darkened, and the frame with its corners.

import { element } from "../../browser/element.js";
import { atEnd } from "../../browser/life.js";
import { sentence } from "../../browser/words.js";

/** @import { Spot } from "./shape.js" */
/** @import { Choice } from "./choice.js" */
/** @import { Framing } from "./unpack.js" */

const SIDE = 220;
// The short side of a picture that is extremely long: it is drawn wider than it is, so that there is something to hold.
const LEAST_SIDE = 20;

/**
 * By name, where each lies from the middle.
 *
 * @type {Map<string | undefined, Spot>}
 */
export const CORNERS = new Map([
  ["nw", { x: -1, y: -1 }],
  ["ne", { x: 1, y: -1 }],
  ["sw", { x: -1, y: 1 }],
  ["se", { x: 1, y: 1 }],
]);

export class Stage {
  element = element("div", "stage");
  frame = element("div", "frame");
  /** Brings the part back that the weights expect. */
  button = element("button");
  #image = element("img");
  #hole = element("div", "hole");
  #address = "";

  /** @param {AbortSignal} on */
  constructor(on) {
    this.#image.draggable = false;
    const shade = element("div", "shade");
    shade.append(this.#hole);
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "slider");
    this.frame.setAttribute("aria-valuemin", "0");
    this.frame.setAttribute("aria-valuemax", "100");
    this.frame.append(...[...CORNERS.keys()].map(makeCorner));
    this.button.type = "button";
    this.element.append(this.#image, shade, this.frame);
    atEnd(on, () => this.#showPicture(""));
  }

  /**
   * Another picture, or the same in other words.
   *
   * @param {Framing} framing
   */
  show({ words, size, picture }) {
    const scale = SIDE / Math.max(...size);
    const [high, wide] = size.map((side) => Math.max(LEAST_SIDE, side * scale));
    Object.assign(this.element.style, {
      width: `min(100%, ${wide}px)`,
      aspectRatio: `${wide} / ${high}`,
      minHeight: `${LEAST_SIDE}px`,
    });
    this.#image.alt = words.picture;
    this.frame.setAttribute("aria-label", words.frame);
    this.frame.title = words.title;
    this.button.textContent = words.middle;
    this.button.title = words.middleTitle;
    this.#showPicture(URL.createObjectURL(new Blob([picture], { type: "image/jpeg" })));
  }

  /**
   * The one before stays until this one is decoded: no flash between two frames of a camera.
   *
   * @param {string} address
   */
  #showPicture(address) {
    const before = this.#address;
    this.#address = address;
    if (address) this.#image.src = address;
    if (before) URL.revokeObjectURL(before);
  }

  /** @param {Choice} choice */
  place({ crop, isOwn, framing: { words } }) {
    for (const part of [this.#hole, this.frame]) {
      const places = Object.entries(crop).map(([key, share]) => [key, `${100 * share}%`]);
      Object.assign(part.style, Object.fromEntries(places));
    }
    const number = new Intl.NumberFormat(words.language, { style: "percent" });
    const shares = Object.fromEntries(Object.entries(crop).map(([key, share]) => [key, number.format(share)]));
    this.frame.setAttribute("aria-valuenow", String(Math.round(100 * crop.width)));
    this.frame.setAttribute("aria-valuetext", isOwn ? sentence(words.whereIs, shares) : words.isMiddle);
    this.button.disabled = !isOwn;
  }
}

/** @param {string | undefined} name */
function makeCorner(name) {
  const corner = element("span", `corner ${name}`);
  corner.dataset.corner = name;
  return corner;
}
