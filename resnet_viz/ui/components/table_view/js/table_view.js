// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

import { element } from "../../browser/element.js";
import { takeData } from "./change.js";
import { listenToPointer, takeLit } from "./marks.js";
import { paintTheme } from "./theme.js";
import { findCurrent, listenToKeys } from "./walk.js";

const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".table-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  if (!view) {
    view = makeView(root);
    views.set(root, view);
  }
  view.tell = setStateValue;
  takeData(view, data);
  paintTheme(view);
  takeLit(view, data);
  if (!view.current) findCurrent(view);
  return () => closeView(view);
}

function makeView(root) {
  const view = {
    root,
    data: null,
    frame: element("div", "frame"),
    grid: null,
    corner: null,
    rows: [],
    buttons: [],
    hasSizes: false,
    lit: new Set(),
    turn: null,
    current: null,
    column: null,
    closing: new AbortController(),
  };
  root.replaceChildren(view.frame);
  const on = view.closing.signal;
  listenToPointer(view, on);
  listenToKeys(view, on);
  view.observer = new ResizeObserver(() => measureCorner(view));
  const over = (event) => event.target.classList.remove("changed");
  view.frame.addEventListener("animationend", over, { signal: on });
  return view;
}

// What the headings and names cover of the frame when it is scrolled.
function measureCorner(view) {
  const { width, height } = view.corner.getBoundingClientRect();
  if (!width) return;
  view.frame.style.setProperty("--name-width", `${width}px`);
  view.frame.style.setProperty("--head-height", `${height}px`);
}

function closeView(view) {
  view.observer.disconnect();
  view.closing.abort();
  views.delete(view.root);
  view.root.replaceChildren();
}
