// What of the table is in sight: headings and names stay in the frame and cover the rest.

/** @import { Body } from "./body.js" */

/**
 * Inside the frame only: the page stays where it is.
 *
 * @param {Body} body
 * @param {HTMLElement} button
 */
export function reveal(body, button) {
  const [seen, box] = [sightOf(body), button.getBoundingClientRect()];
  const [left, top] = [box.left - seen.left, box.top - seen.top];
  body.frame.scrollBy({
    left: left < 0 ? left : Math.min(left, Math.max(0, box.right - seen.right)),
    top: isHeading(button) ? 0 : top < 0 ? top : Math.min(top, Math.max(0, box.bottom - seen.bottom)),
  });
}

/**
 * @param {Body} body
 * @param {HTMLElement} button
 */
export function isInSight(body, button) {
  const [seen, box] = [sightOf(body), button.getBoundingClientRect()];
  const across = box.left >= seen.left - 1 && box.right <= seen.right + 1;
  return across && (isHeading(button) || box.top >= seen.top - 1) && box.bottom <= seen.bottom + 1;
}

/**
 * Headings are always in sight.
 *
 * @param {HTMLElement} button
 */
function isHeading(button) {
  return button.dataset.at === "0";
}

/**
 * The part of the frame that headings and names leave.
 *
 * @param {Body} body
 */
function sightOf({ frame, corner }) {
  const { left, top, right, bottom } = frame.getBoundingClientRect();
  const { width, height } = corner.getBoundingClientRect();
  return { left: left + width, top: top + height, right, bottom };
}
