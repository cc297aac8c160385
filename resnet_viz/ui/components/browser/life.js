// The life of a view. Streamlit calls a component's function again with the same element whenever data or theme change:
// one view per element is made, and ends with it.

/** @typedef {{ closing: AbortController, view: unknown }} Life */

/** @type {WeakMap<HTMLElement, Life>} */
const lives = new WeakMap();

/**
 * The view of an element; `make` is called the first time, with the AbortSignal that ends all that belongs to the view:
 * listeners, observers, timers.
 *
 * @template View
 * @param {HTMLElement} root
 * @param {(on: AbortSignal) => View} make
 */
export function viewOf(root, make) {
  let life = lives.get(root);
  if (!life) {
    const closing = new AbortController();
    life = { closing, view: make(closing.signal) };
    lives.set(root, life);
  }
  return /** @type {View} */ (life.view);
}

/** @param {HTMLElement} root */
export function endView(root) {
  const life = lives.get(root);
  if (!life) return;
  lives.delete(root);
  life.closing.abort();
  root.replaceChildren();
}

/**
 * The element of a component that its HTML has, by its class; null where the page is being taken apart.
 *
 * @param {HTMLElement | ShadowRoot} parent
 * @param {string} className
 */
export function rootOf(parent, className) {
  return /** @type {HTMLElement | null} */ (parent.querySelector(`.${className}`));
}

/**
 * `act` whenever the size of an element changes, as long as its view lives.
 *
 * @param {Element} watched
 * @param {() => void} act
 * @param {AbortSignal} on
 */
export function observeSize(watched, act, on) {
  const observer = new ResizeObserver(act);
  observer.observe(watched);
  atEnd(on, () => observer.disconnect());
  return observer;
}

/**
 * @param {AbortSignal} on
 * @param {() => void} act
 */
export function atEnd(on, act) {
  on.addEventListener("abort", act, { once: true });
}
