// Code that is wider than its place scrolls: Tab reaches it, so that the keyboard scrolls it, too.

const CODE = '[data-testid="stCode"] pre';
let isCodeWatched = false;

/** Lets the keyboard reach all code that is on the page, and what comes. */
export function reachCode() {
  if (isCodeWatched) return;
  isCodeWatched = true;
  reachIn(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) if (node instanceof HTMLElement) reachIn(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
}

/** @param {ParentNode & Node} place */
function reachIn(place) {
  if (place instanceof HTMLElement && place.matches(CODE)) place.tabIndex = 0;
  for (const code of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll(CODE))) code.tabIndex = 0;
}
