// The picture, what is outside of the frame darkened, and the frame with its corners.

import { element } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";

const SIDE = 220;
// The short side of a picture that is extremely long: it is drawn wider than it is, so that there is something to hold.
const LEAST_SIDE = 20;
export const CORNERS = { nw: { x: -1, y: -1 }, ne: { x: 1, y: -1 }, sw: { x: -1, y: 1 }, se: { x: 1, y: 1 } };

export function buildStage(view) {
  view.stage = element("div", "stage");
  view.image = element("img");
  view.image.draggable = false;
  view.shade = element("div", "shade");
  view.hole = element("div", "hole");
  view.shade.append(view.hole);
  view.frame = element("div", "frame");
  view.frame.tabIndex = 0;
  view.frame.setAttribute("role", "slider");
  view.frame.setAttribute("aria-valuemin", "0");
  view.frame.setAttribute("aria-valuemax", "100");
  for (const name of Object.keys(CORNERS)) {
    const corner = element("span", `corner ${name}`);
    corner.dataset.corner = name;
    view.frame.append(corner);
  }
  view.middle = element("button");
  view.middle.type = "button";
  view.stage.append(view.image, view.shade, view.frame);
  view.root.replaceChildren(view.stage, view.middle);
}

export function showPage(view) {
  const { page, stage, image, frame, middle } = view;
  const { words, size } = page;
  const scale = SIDE / Math.max(...size);
  const [high, wide] = size.map((side) => Math.max(LEAST_SIDE, side * scale));
  stage.style.width = `min(100%, ${wide}px)`;
  stage.style.aspectRatio = `${wide} / ${high}`;
  stage.style.minHeight = `${LEAST_SIDE}px`;
  image.alt = words.picture;
  frame.setAttribute("aria-label", words.frame);
  frame.title = words.title;
  middle.textContent = words.middle;
  middle.title = words.middleTitle;
  showPicture(view);
}

// The one before stays until this one is decoded: no flash between two frames of a camera.
function showPicture(view) {
  const address = URL.createObjectURL(new Blob([view.page.picture], { type: "image/jpeg" }));
  const before = view.address;
  view.address = address;
  view.image.src = address;
  if (before) URL.revokeObjectURL(before);
}

export function placeFrame(view) {
  const { crop, page, isOwn } = view;
  const percent = (share) => `${100 * share}%`;
  for (const part of [view.hole, view.frame]) {
    Object.assign(part.style, {
      left: percent(crop.left),
      top: percent(crop.top),
      width: percent(crop.width),
      height: percent(crop.height),
    });
  }
  const number = new Intl.NumberFormat(page.words.language, { style: "percent" });
  const shares = Object.fromEntries(Object.entries(crop).map(([key, share]) => [key, number.format(share)]));
  view.frame.setAttribute("aria-valuenow", String(Math.round(100 * crop.width)));
  view.frame.setAttribute("aria-valuetext", isOwn ? sentence(page.words.whereIs, shares) : page.words.isMiddle);
  view.middle.disabled = !isOwn;
}
