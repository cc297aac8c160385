// The buttons that step through a lesson, a tour or a sheet of exercises, by the keys that Python gives them.

/** @typedef {"next" | "back"} StepWay */

const PLAYED = ["lesson", "walk_tour", "exercise"];

/** All of these buttons. */
export const STEP_BUTTONS = PLAYED.flatMap((played) =>
  ["back", "next"].map((way) => `.st-key-${played}_${way} button`),
).join(", ");

/**
 * The button in sight that leads on or back, if the page has one.
 *
 * @param {StepWay} way
 */
export function stepButton(way) {
  for (const played of PLAYED) {
    /** @type {HTMLButtonElement | null} */
    const button = document.querySelector(`.st-key-${played}_${way} button`);
    if (button && button.offsetParent !== null) return button;
  }
  return null;
}
