// Moving with mouse, wheel and fingers. The plain wheel and one finger are left to the browser: the pane scrolls where
// it can, else the page does.

import { clamp } from "../../browser/numbers.js";
import { inPane, scrollPane, zoomBy, zoomTo } from "./camera.js";
import { hideTip, keepTip } from "./tip.js";

const CLICK_SLACK = 4;

export function listenToGestures(view, on) {
  const { pane } = view;
  pane.addEventListener("wheel", (event) => onWheel(view, event), { passive: false, signal: on });
  pane.addEventListener("pointerdown", (event) => startDrag(view, event), { signal: on });
  pane.addEventListener("pointermove", (event) => drag(view, event), { signal: on });
  for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, () => endDrag(view), { signal: on });
  pane.addEventListener("touchstart", (event) => startPinch(view, event), { passive: true, signal: on });
  pane.addEventListener("touchmove", (event) => pinch(view, event), { passive: false, signal: on });
  pane.addEventListener("scroll", () => onScroll(view), { passive: true, signal: on });
}

// A trackpad's pinch arrives as a wheel with Ctrl.
function onWheel(view, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const factor = Math.exp(clamp(-event.deltaY * lines * 0.005, -0.5, 0.5));
  const { pending } = view;
  pending.zoom = { factor: (pending.zoom?.factor ?? 1) * factor, place: inPane(view, event) };
  inNextFrame(view, "zoomFrame", () => {
    zoomBy(view, pending.zoom.factor, pending.zoom.place);
    pending.zoom = null;
  });
}

function startDrag(view, event) {
  view.wasDragged = false;
  const isOnBar = event.offsetX > view.pane.clientWidth && event.target === view.pane;
  if (event.button !== 0 || event.pointerType === "touch" || isOnBar) return;
  const { pane } = view;
  view.drag = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop, isOn: false };
}

function drag(view, event) {
  const from = view.drag;
  if (!from) return;
  const [x, y] = [event.clientX - from.x, event.clientY - from.y];
  if (!from.isOn) {
    if (Math.hypot(x, y) <= CLICK_SLACK) return;
    from.isOn = true;
    view.wasDragged = true;
    view.pane.setPointerCapture(event.pointerId);
    view.pane.classList.add("dragging");
    hideTip(view);
  }
  scrollPane(view, from.left - x, from.top - y);
}

function endDrag(view) {
  view.drag = null;
  view.pane.classList.remove("dragging");
}

function startPinch(view, event) {
  view.pinch = event.touches.length === 2 ? { span: spanOf(event.touches), scale: view.camera.scale } : null;
}

function pinch(view, event) {
  if (!view.pinch || event.touches.length !== 2) return;
  event.preventDefault();
  const [one, other] = event.touches;
  const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
  zoomTo(view, view.pinch.scale * (spanOf(event.touches) / view.pinch.span), inPane(view, middle));
}

function spanOf([one, other]) {
  return Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY));
}

function onScroll(view) {
  keepTip(view);
  view.afterMove();
}

// Once a frame at most, however many events arrive.
export function inNextFrame(view, name, act) {
  view.pending[name] ??= requestAnimationFrame(() => {
    view.pending[name] = null;
    if (!view.isClosed) act();
  });
}
