// What stands above the drawing: search, colours, buttons, and what its lines and colours mean.

import { element, pushButton, svgElement } from "../../../browser/element.js";
import { STEP } from "../camera/scale.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */
/** @import { Camera } from "../camera/camera.js" */

/**
 * Two rows: what is done, and what is explained.
 *
 * @param {Element[]} tools
 * @param {Element[]} signs
 */
export function makeBar(tools, signs) {
  const [bar, row, below] = [element("div", "bar"), element("div", "row"), element("div", "row signs")];
  row.append(...tools);
  below.append(...signs);
  bar.append(row, below);
  return bar;
}

/**
 * @param {Camera} camera
 * @param {GraphWords} words
 * @param {HTMLButtonElement} goButton
 * @param {() => void} openHelp
 * @param {AbortSignal} on
 */
export function makeViewButtons(camera, words, goButton, openHelp, on) {
  const buttons = element("div", "buttons");
  buttons.append(
    pushButton("−", words.zoomOut, () => camera.zoomBy(1 / STEP), on),
    pushButton(words.fit, words.fitTitle, () => camera.zoomTo(camera.fitScale), on),
    pushButton(words.natural, words.naturalTitle, () => camera.zoomTo(camera.natural), on),
    pushButton("+", words.zoomIn, () => camera.zoomBy(STEP), on),
    goButton,
    pushButton("?", words.help, openHelp, on),
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
