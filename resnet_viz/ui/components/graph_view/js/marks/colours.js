// The colours of the drawing: those of the theme, and on request a metric as a shade.

import { Signal } from "../../../browser/events.js";
import { isDarkTheme } from "../../../browser/theme.js";
import { rampColour } from "../picture/ramp.js";

/** @import { GraphData, GraphMeasure, ShadeMetric } from "../../../payloads.d.ts" */
/** @import { Shown } from "../picture/shown.js" */
/** @typedef {Pick<GraphData, "metrics" | "ramp" | "recolour">} Paints */
/**
 * What shades the drawing; a measure has its least amount, too, for it has a logarithmic scale.
 *
 * @typedef {{ metric: ShadeMetric, most: number, ramp: string[], measure: GraphMeasure | null, least: number }} Shade
 */

export class Colours {
  /**
   * The drawing is shaded by a metric; the most of any box, and the colours from nothing to it.
   *
   * @type {Signal<[Shade]>}
   */
  shaded = new Signal();
  #root;
  #shown;
  /** @type {Paints} */
  #paints;
  /** @type {ShadeMetric} */
  #metric;
  /** @type {GraphMeasure | null} */
  #measure = null;
  #isDark = false;
  /** @type {WeakMap<Element, { fill: string | null, stroke: string | null }>} */
  #light = new WeakMap();

  /**
   * @param {HTMLElement} root
   * @param {Shown} shown
   * @param {Paints} paints
   */
  constructor(root, shown, paints) {
    this.#root = root;
    this.#shown = shown;
    this.#paints = paints;
    [this.#metric] = paints.metrics;
  }

  get metrics() {
    return this.#paints.metrics;
  }

  /** The key of the metric by which the drawing is shaded. */
  get metric() {
    return this.#metric.key;
  }

  /** @param {Paints} paints */
  takePaints(paints) {
    this.#paints = paints;
    this.#metric = this.#metricOf(this.metric);
  }

  /**
   * By the metric of that key; by the first, the stages, where there is none.
   *
   * @param {string} key
   */
  shadeBy(key) {
    this.#metric = this.#metricOf(key);
    this.shade();
  }

  /**
   * What was measured comes before any metric; null where nothing was.
   *
   * @param {GraphMeasure | null} measure
   */
  takeMeasure(measure) {
    this.#measure = measure;
  }

  /** By the same metric, in another drawing or theme. */
  shade() {
    const { picture } = this.#shown;
    const measure = this.#measure;
    const isShaded = measure !== null || this.#metric.at !== null;
    picture.svg.classList.toggle("shaded", isShaded);
    const boxes = picture.order.filter(({ element }) => !element.classList.contains("add"));
    const amounts = boxes.map(({ id }) => this.#amountOf(id));
    const known = amounts.filter((amount) => amount !== null);
    const most = Math.max(0, ...known);
    const least = measure ? Math.min(...known) : 0;
    const ramp = this.#paints.ramp[this.#isDark ? "dark" : "light"];
    for (const [n, box] of boxes.entries()) {
      const amount = amounts[n];
      box.element.classList.toggle("no-amount", isShaded && amount === null);
      box.shape.style.fill = amount === null ? "" : rampColour(ramp, shareOf(amount, least, most));
    }
    this.shaded.tell({ metric: this.#metric, most, ramp, measure, least });
  }

  /**
   * @param {string} id
   * @returns {number | null}
   */
  #amountOf(id) {
    const { at } = this.#metric;
    if (this.#measure) return this.#measure.amounts[id] ?? null;
    return at === null ? null : (this.#shown.picture.factsOf(id)?.amounts[at] ?? null);
  }

  /** Follow the page's theme; returns whether it has changed. */
  followTheme() {
    const isDark = isDarkTheme(this.#root);
    this.#root.classList.toggle("dark", isDark);
    if (this.#isDark === isDark) return false;
    this.#isDark = isDark;
    for (const shape of paintedShapes(this.#shown.picture.svg)) this.#paint(shape);
    return true;
  }

  /**
   * In the page's theme, a drawing that is not shown yet.
   *
   * @param {SVGSVGElement} svg
   * @returns {Generator<void, boolean, void>} whether it is dark
   */
  *paintInSteps(svg) {
    const isDark = isDarkTheme(this.#root);
    for (const shape of isDark ? paintedShapes(svg) : []) {
      this.#paint(shape, isDark);
      yield;
    }
    return isDark;
  }

  /**
   * Such a drawing is shown now.
   *
   * @param {boolean} isDark
   */
  takeTheme(isDark) {
    this.#isDark = isDark;
    this.#root.classList.toggle("dark", isDark);
  }

  /** @param {string} key */
  #metricOf(key) {
    const { metrics } = this.#paints;
    return metrics.find((metric) => metric.key === key) ?? metrics[0];
  }

  /**
   * The drawing is made for the light theme: in the dark one each colour has a counterpart. The first change of a shape
   * notes its light colours, to find back to them.
   *
   * @param {Element} shape
   */
  #paint(shape, isDark = this.#isDark) {
    const { recolour } = this.#paints;
    const known = this.#light.get(shape);
    const light = known ?? { fill: shape.getAttribute("fill"), stroke: shape.getAttribute("stroke") };
    if (!known) this.#light.set(shape, light);
    for (const [name, colour] of Object.entries(light)) {
      if (colour !== null && Object.hasOwn(recolour, colour))
        shape.setAttribute(name, isDark ? recolour[colour] : colour);
    }
  }
}

/**
 * From 0 to 1: linear from zero on, logarithmic where there is a least amount.
 *
 * @param {number} amount
 * @param {number} least
 * @param {number} most
 */
export function shareOf(amount, least, most) {
  if (!least) return most ? amount / most : 0;
  return most > least ? Math.log(amount / least) / Math.log(most / least) : 1;
}

/** @param {SVGSVGElement} svg */
function paintedShapes(svg) {
  return svg.querySelectorAll("[fill], [stroke]");
}
