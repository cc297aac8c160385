// By keyboard: arrows move the frame, plus and minus resize it, Home or Escape bring the weights' own part back.

import { handled } from "../../browser/element.js";
import { setCrop, tellNow, tellSoon } from "./crop_view.js";
import { pushedBack, resized } from "./shape.js";
import { placeFrame } from "./stage.js";

const STEP = 0.02;
const LARGE_STEP = 0.1;
const ZOOM_STEP = 1.1;

export function listenToKeys(view, on) {
  view.frame.addEventListener("keydown", (event) => onKey(view, event), { signal: on });
  // Whoever leaves has finished.
  view.frame.addEventListener("blur", () => view.timer && tellNow(view), { signal: on });
  view.middle.addEventListener("click", () => toMiddle(view), { signal: on });
}

function onKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || view.drag) return;
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const zooms = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP, _: 1 / ZOOM_STEP };
  if (event.key in steps) {
    const [across, down] = steps[event.key].map((sign) => sign * (event.shiftKey ? LARGE_STEP : STEP));
    setCrop(view, pushedBack({ ...view.crop, left: view.crop.left + across, top: view.crop.top + down }));
    tellSoon(view);
  } else if (event.key in zooms) {
    setCrop(view, resized(view.page, view.crop, view.crop.width * zooms[event.key]));
    tellSoon(view);
  } else if (event.key === "Home" || (event.key === "Escape" && view.isOwn)) toMiddle(view);
  else return;
  handled(event);
}

function toMiddle(view) {
  // A button that is switched off loses the focus to nowhere.
  if (view.root.getRootNode().activeElement === view.middle) view.frame.focus({ preventScroll: true });
  view.crop = view.page.middle;
  view.isOwn = false;
  placeFrame(view);
  tellNow(view);
}
