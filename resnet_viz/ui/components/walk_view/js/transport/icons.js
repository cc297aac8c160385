// The signs on the player's buttons. Drawn, for not every font has such signs.

import { svgElement } from "../../../browser/element.js";

/** @typedef {keyof typeof ICONS} IconName */

const ICONS = {
  first: "M2 3h2v10H2zM14 3v10L5 8z",
  back: "M12 3v10L4 8z",
  play: "M4 3v10l9-5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  stop: "M1 3v10l8-5zM12 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
};

/**
 * @param {HTMLElement} button
 * @param {IconName} name
 */
export function setIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  const icon = svgElement("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" });
  icon.append(svgElement("path", { d: ICONS[name] }));
  button.replaceChildren(icon);
}
