// Bringing a drawing: made ready beside the one that is shown, a slice of time after the other, so that the page never
// stands still; then told, to be put in its place.

import { Signal } from "../../../browser/events.js";
import { sentence } from "../../../browser/words.js";
import { canOpen } from "../picture/levels.js";
import { runSteps, soon } from "./slices.js";

/** @import { Camera } from "../camera/camera.js" */
/** @import { Colours } from "../marks/colours.js" */
/** @import { Voice } from "../marks/voice.js" */
/** @import { Thing } from "../picture/drawing.js" */
/** @import { Picture } from "../picture/picture.js" */
/** @import { Shown } from "../picture/shown.js" */
/** @import { Busy } from "./busy.js" */
/** @import { Draft } from "./draft.js" */

/**
 * A drawing on its way; `after`: what is to be done once it is there.
 *
 * @typedef {{ draft: Draft, svg: SVGSVGElement | null, after: (() => void)[] }} Coming
 */

// Each time the browser also looks at all that is there already: few large helpings take half as long as many small ones.
const GROUPS_AT_ONCE = 400;

export class Bringing {
  /**
   * A drawing is ready, and in the sheet; in the dark theme or the light one.
   *
   * @type {Signal<[picture: Picture, isDark: boolean]>}
   */
  arrived = new Signal();
  /**
   * What the server sent is no drawing.
   *
   * @type {Signal<[]>}
   */
  failed = new Signal();
  #shown;
  #camera;
  #colours;
  #voice;
  #busy;
  #on;
  /** @type {Coming | null} */
  #coming = null;

  /**
   * @param {{ shown: Shown, camera: Camera, colours: Colours, voice: Voice, busy: Busy }} parts
   * @param {AbortSignal} on
   */
  constructor({ shown, camera, colours, voice, busy }, on) {
    this.#shown = shown;
    this.#camera = camera;
    this.#colours = colours;
    this.#voice = voice;
    this.#busy = busy;
    this.#on = on;
  }

  /** Is a drawing on its way? */
  get isComing() {
    return this.#coming !== null;
  }

  /**
   * A later drawing replaces one that is not ready yet, and what was to be done after that one is done after this one.
   *
   * @param {Draft} draft
   * @param {() => void} goOn
   */
  bring(draft, goOn = () => {}) {
    const before = this.#coming;
    before?.svg?.remove();
    if (!before) this.#busy.begin();
    /** @type {Coming} */
    const coming = { draft, svg: null, after: [...(before?.after ?? []), goOn] };
    this.#coming = coming;
    runSteps(this.#steps(coming), () => this.#coming !== coming || this.#on.aborted);
  }

  /** @param {Coming} coming */
  *#steps(coming) {
    const picture = yield* coming.draft.take();
    if (!picture) {
      this.#coming = null;
      this.#busy.end();
      this.failed.tell();
      for (const act of coming.after) act();
      return;
    }
    yield* this.#nameThings(picture);
    const isDark = yield* this.#colours.paintInSteps(picture.svg);
    coming.svg = document.adoptNode(picture.svg);
    yield* this.#layInSteps(picture);
    this.#coming = null;
    this.arrived.tell(picture, isDark);
    this.#busy.end();
    requestAnimationFrame(() => soon(() => this.#finish(coming)));
  }

  /** @param {Coming} coming */
  #finish({ after }) {
    if (this.#on.aborted) return;
    for (const act of after) act();
  }

  /**
   * Every box and frame is a button that says what it is, and where.
   *
   * @param {Picture} picture
   */
  *#nameThings(picture) {
    for (const thing of picture.things.values()) {
      const { element } = thing;
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", this.#nameOf(picture, thing));
      element.setAttribute("aria-pressed", "false");
      element.setAttribute("tabindex", "-1");
      if (thing.isFrame || canOpen(picture.facts, thing.id))
        element.setAttribute("aria-expanded", String(thing.isFrame));
      yield;
    }
    for (const group of picture.titles.keys()) group.setAttribute("aria-hidden", "true");
  }

  /**
   * @param {Picture} picture
   * @param {Thing} thing
   */
  #nameOf(picture, { id, isFrame, place }) {
    const { spokenFrame, spokenBox } = this.#voice.words;
    const { name = id, about = "", shape = "" } = picture.factsOf(id) ?? {};
    const values = { name, about, shape, n: place + 1, total: picture.order.length };
    return sentence(isFrame ? spokenFrame : spokenBox, values);
  }

  /**
   * The browser measures every word when it lays out: a few groups at a time, out of sight.
   *
   * @param {Picture} picture
   */
  *#layInSteps({ svg, size, net }) {
    // Another size later on would have every word measured again.
    const isSameNet = this.#shown.picture.net === net;
    const scale = isSameNet ? this.#camera.scale : this.#camera.startScale(size);
    svg.setAttribute("width", String(size.width * scale));
    svg.setAttribute("height", String(size.height * scale));
    const graph = svg.querySelector("g");
    const groups = graph ? [...graph.children] : [];
    svg.classList.add("coming");
    graph?.replaceChildren();
    this.#camera.sheet.append(svg);
    for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
      graph?.append(...groups.slice(at, at + GROUPS_AT_ONCE));
      if (groups.length > GROUPS_AT_ONCE) graph?.getBBox();
      yield;
    }
  }
}
