// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

import { listenToPointer } from "./drag.js";
import { listenToKeys } from "./keys.js";
import { rounded } from "./shape.js";
import { buildStage, placeFrame, showPage } from "./stage.js";
import { unpack } from "./unpack.js";

const views = new WeakMap();
const SOON_MS = 300;

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".crop-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  if (!view) {
    view = makeView(root);
    views.set(root, view);
  }
  view.tell = setStateValue;
  if (view.data !== data) update(view, data);
  return () => closeView(view);
}

function makeView(root) {
  const view = {
    root,
    data: null,
    page: null,
    crop: null,
    isOwn: false,
    told: undefined,
    drag: null,
    timer: 0,
    address: null,
    closing: new AbortController(),
  };
  buildStage(view);
  listenToPointer(view, view.closing.signal);
  listenToKeys(view, view.closing.signal);
  return view;
}

// Python's word on where the frame is counts where it knows of all that was done here.
function update(view, data) {
  view.data = data;
  view.page = unpack(data);
  const { heard, crop } = view.page;
  const isFirst = view.told === undefined;
  if (isFirst) view.told = heard;
  const isAnswer = JSON.stringify(heard) === JSON.stringify(view.told);
  if (isAnswer && !view.drag && !view.timer) {
    view.crop = crop;
    view.isOwn = heard !== null;
  } else if (!view.isOwn && !view.drag) {
    view.crop = view.page.middle;
  }
  showPage(view);
  placeFrame(view);
}

// Chosen by hand.
export function setCrop(view, crop) {
  view.crop = crop;
  view.isOwn = true;
  placeFrame(view);
}

// Several keys in a row are one change.
export function tellSoon(view) {
  clearTimeout(view.timer);
  view.timer = setTimeout(() => tellNow(view), SOON_MS);
}

export function tellNow(view) {
  clearTimeout(view.timer);
  view.timer = 0;
  const value = view.isOwn ? rounded(view.crop) : null;
  if (view.closing.signal.aborted || JSON.stringify(value) === JSON.stringify(view.told)) return;
  view.told = value;
  view.tell("crop", value);
}

function closeView(view) {
  clearTimeout(view.timer);
  view.closing.abort();
  if (view.address) URL.revokeObjectURL(view.address);
  views.delete(view.root);
  view.root.replaceChildren();
}
