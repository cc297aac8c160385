// The life of a view. Streamlit calls a component's function again with the same element whenever data or theme change:
// one view per element is made, and ends with it.

const lives = new WeakMap();

// The view of an element; `make` is called the first time, with the AbortSignal that ends all that belongs to the view:
// listeners, observers, timers.
export function viewOf(root, make) {
  let life = lives.get(root);
  if (!life) {
    const closing = new AbortController();
    life = { closing, view: make(closing.signal) };
    lives.set(root, life);
  }
  return life.view;
}

export function endView(root) {
  const life = lives.get(root);
  if (!life) return;
  lives.delete(root);
  life.closing.abort();
  root.replaceChildren();
}

// `act` whenever the size of an element changes, as long as its view lives.
export function observeSize(watched, act, on) {
  const observer = new ResizeObserver(act);
  observer.observe(watched);
  atEnd(on, () => observer.disconnect());
  return observer;
}

export function atEnd(on, act) {
  on.addEventListener("abort", act, { once: true });
}
