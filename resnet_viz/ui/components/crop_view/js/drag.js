// By mouse, pen and finger: the frame is moved, a corner resizes it; with Ctrl, the wheel does, too.

import { handled } from "../../browser/element.js";
import { setCrop, tellNow, tellSoon } from "./crop_view.js";
import { pushedBack, resized, stretched } from "./shape.js";
import { CORNERS } from "./stage.js";

const WHEEL = 1.0015;

export function listenToPointer(view, on) {
  view.frame.addEventListener("pointerdown", (event) => startDrag(view, event), { signal: on });
  view.frame.addEventListener("pointermove", (event) => moveDrag(view, event), { signal: on });
  view.frame.addEventListener("pointerup", (event) => endDrag(view, event), { signal: on });
  view.frame.addEventListener("pointercancel", (event) => endDrag(view, event), { signal: on });
  view.stage.addEventListener("wheel", (event) => onWheel(view, event), { signal: on, passive: false });
}

// Where the pointer is, as shares of the picture.
function pointerOf(view, event) {
  const box = view.stage.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
}

function startDrag(view, event) {
  if (view.drag || event.button !== 0) return;
  const towards = CORNERS[event.target.dataset.corner] ?? null;
  view.drag = { id: event.pointerId, towards, from: pointerOf(view, event), crop: view.crop, hasMoved: false };
  view.frame.setPointerCapture(event.pointerId);
  view.frame.focus({ preventScroll: true });
}

function moveDrag(view, event) {
  const { drag, page } = view;
  if (!drag || event.pointerId !== drag.id) return;
  const { crop, towards, from } = drag;
  const to = pointerOf(view, event);
  const [across, down] = [to.x - from.x, to.y - from.y];
  if (!drag.hasMoved && across === 0 && down === 0) return;
  drag.hasMoved = true;
  if (!towards) {
    setCrop(view, pushedBack({ ...crop, left: crop.left + across, top: crop.top + down }));
    return;
  }
  const [right, bottom] = [crop.left + crop.width, crop.top + crop.height];
  const [isRight, isBelow] = [towards.x > 0, towards.y > 0];
  const fixed = { x: isRight ? crop.left : right, y: isBelow ? crop.top : bottom };
  const corner = { x: (isRight ? right : crop.left) + across, y: (isBelow ? bottom : crop.top) + down };
  setCrop(view, stretched(page, fixed, towards, corner));
}

function endDrag(view, event) {
  const { drag } = view;
  if (!drag || event.pointerId !== drag.id) return;
  view.drag = null;
  if (drag.hasMoved) tellNow(view);
}

// Without Ctrl the wheel scrolls the page.
function onWheel(view, event) {
  if (!event.ctrlKey || view.drag) return;
  handled(event);
  setCrop(view, resized(view.page, view.crop, view.crop.width * WHEEL ** event.deltaY));
  tellSoon(view);
}
