// What stands above the drawing: search, colours and buttons; and below it, what its lines and colours mean.

import { element, pushButton, svgElement } from "../../../browser/element.js";
import { STEP } from "../camera/scale.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Camera } from "../camera/camera.js" */

/**
 * A row of what is done, above the drawing, or of what is explained, below it.
 *
 * @param {string} name
 * @param {Element[]} parts
 */
export function makeToolRow(name, parts) {
  const row = element("div", `row ${name}`);
  row.append(...parts);
  return row;
}

/**
 * @param {Camera} camera
 * @param {GraphWords} words
 * @param {HTMLButtonElement[]} others
 * @param {() => void} openHelp
 * @param {AbortSignal} on
 */
export function makeViewButtons(camera, words, others, openHelp, on) {
  const buttons = element("div", "buttons");
  const zooming = [
    pushButton("−", words.zoomOut, () => camera.zoomBy(1 / STEP), on),
    pushButton(words.natural, words.naturalTitle, () => camera.zoomTo(camera.natural), on),
    pushButton("+", words.zoomIn, () => camera.zoomBy(STEP), on),
  ];
  for (const button of zooming) button.classList.add("by-fingers");
  const help = pushButton("?", words.help, openHelp, on);
  help.classList.add("by-keys");
  const [smaller, natural, larger] = zooming;
  buttons.append(
    smaller,
    pushButton(words.fit, words.fitTitle, () => camera.zoomTo(camera.fitScale), on),
    natural,
    larger,
    ...others,
    help,
  );
  return buttons;
}

/**
 * To the selection.
 *
 * @param {string} title
 * @param {() => void} act
 * @param {AbortSignal} on
 */
export function makeGoButton(title, act, on) {
  const button = pushButton("", title, act, on);
  const sign = svgElement("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  sign.append(
    svgElement("path", { d: "M8,1V5M8,11V15M1,8H5M11,8H15M8,4A4,4 0 1 0 8,12A4,4 0 1 0 8,4", class: "icon" }),
  );
  button.append(sign);
  return button;
}
