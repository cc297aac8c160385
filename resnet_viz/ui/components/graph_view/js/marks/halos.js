// A block or run that is selected lights up what computes and what passes by, each in its own way; the rest steps back.

import { branchesOf, branchWires } from "../picture/branches.js";

/** @import { Branch } from "../picture/branches.js" */
/** @import { Thing, Wire } from "../picture/drawing.js" */
/** @import { Picture } from "../picture/picture.js" */

export class Halos {
  /** @type {Element[]} */
  #marked = [];
  /** @type {Element[]} */
  #halos = [];

  /**
   * @param {Picture} picture
   * @param {string | null} id
   */
  follow(picture, id) {
    for (const element of this.#marked) element.classList.remove("residual", "bypassing", "joining");
    for (const halo of this.#halos) halo.remove();
    this.#marked = [];
    this.#halos = [];
    const branches = branchesOf(picture, id);
    picture.svg.classList.toggle("following", branches !== null);
    if (id === null || !branches) return;
    for (const thing of branches.residual) this.#light(thing, "residual");
    for (const thing of branches.bypass) this.#light(thing, "bypassing");
    if (branches.add) this.#mark(branches.add, "joining");
    for (const [wire, branch] of branchWires(picture, branches)) this.#light(wire, branch);
    const frame = picture.things.get(id);
    if (frame?.isFrame) this.#mark(frame, "joining");
  }

  /**
   * @param {Thing | Wire} part
   * @param {Branch | "joining"} kind
   */
  #mark({ element }, kind) {
    element.classList.add(kind);
    this.#marked.push(element);
  }

  /**
   * @param {Thing | Wire} part
   * @param {Branch} kind
   */
  #light(part, kind) {
    this.#mark(part, kind);
    const halo = /** @type {SVGElement} */ (part.shape.cloneNode());
    for (const name of ["stroke-dasharray", "stroke-width", "fill", "style"]) halo.removeAttribute(name);
    halo.setAttribute("class", `halo ${kind}`);
    part.element.prepend(halo);
    this.#halos.push(halo);
  }
}
