// What happens on a page and concerns several of its views, as events of the document.

const CHOSEN = "resnet-viz:chosen";
const SCALED = "resnet-viz:scaled";

/**
 * A node, or none; `from` where it was not chosen but reached.
 *
 * @typedef {{ id: string | null, from?: "walk" }} ChosenNode
 */

/**
 * A node was chosen, or a walk has come to it: whatever shows it need not wait for Python.
 *
 * @param {ChosenNode} node
 */
export function tellChosen(node) {
  document.dispatchEvent(new CustomEvent(CHOSEN, { detail: node }));
}

/**
 * @param {(node: ChosenNode) => void} act
 * @param {AbortSignal} on
 */
export function listenToChosen(act, on) {
  const take = (/** @type {Event} */ event) => {
    if (event instanceof CustomEvent && event.detail) act(event.detail);
  };
  document.addEventListener(CHOSEN, take, { signal: on });
}

/** The page's type has another size. */
export function tellScaled() {
  document.dispatchEvent(new CustomEvent(SCALED));
}

/**
 * @param {() => void} act
 * @param {AbortSignal} on
 */
export function listenToScaled(act, on) {
  document.addEventListener(SCALED, act, { signal: on });
}
