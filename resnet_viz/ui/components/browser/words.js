// Words: sentences with their values, and what a screen reader reads out.

import { element } from "./element.js";

/**
 * "{n} of {total}" with its values filled in.
 *
 * @param {string} template
 * @param {object} values
 */
export function sentence(template, values) {
  const known = new Map(Object.entries(values));
  return template.replace(/\{(\w+)\}/g, (all, key) => (known.has(key) ? String(known.get(key)) : all));
}

/** The element whose words a screen reader reads out. */
export function makeLive() {
  const live = element("div", "live");
  live.setAttribute("aria-live", "polite");
  return live;
}

/**
 * The same words twice are read twice.
 *
 * @param {{ live: HTMLElement }} view
 * @param {string} words
 */
export function announce({ live }, words) {
  live.textContent = live.textContent === words ? `${words}\u00a0` : words;
}
