// Clicks on widgets of the page's own are seen here, too, before Python hears of them. Should a widget not be found one
// day, the drawing comes a little later.

import { targetOf } from "../../../browser/element.js";

/** @import { GraphData } from "../../../payloads.d.ts" */
/** @import { Change } from "./server.js" */

/**
 * @param {() => GraphData["ahead"]} changesNow by a widget's key, what a click on each of its buttons does
 * @param {(change: Change) => void} act
 * @param {AbortSignal} on
 */
export function listenToWidgets(changesNow, act, on) {
  const look = (/** @type {MouseEvent} */ event) => {
    const button = targetOf(event)?.closest("button");
    if (!button) return;
    for (const [key, changes] of Object.entries(changesNow())) {
      const holder = button.closest(`.st-key-${key}`);
      const change = holder && changes[placeOf(button, holder)];
      if (change && !button.disabled && !isChosen(button)) act(change);
    }
  };
  document.addEventListener("click", look, { signal: on, capture: true });
}

/**
 * Which of a widget's buttons it is. A widget may also hold a button of another kind, for its help.
 *
 * @param {Element} button
 * @param {Element} holder
 */
function placeOf(button, holder) {
  const role = button.getAttribute("role");
  return [...holder.querySelectorAll("button")]
    .filter((other) => other.getAttribute("role") === role)
    .indexOf(/** @type {HTMLButtonElement} */ (button));
}

/** @param {Element} button */
function isChosen(button) {
  return ["aria-checked", "aria-pressed"].some((name) => button.getAttribute(name) === "true");
}
