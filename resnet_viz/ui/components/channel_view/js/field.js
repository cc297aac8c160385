// What of the input a cell can see, as a box on a small picture of the input: as computed from the layers, not measured.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";

const THUMB_SIDE = 200;

export function makeField(view) {
  const field = element("figure", "field");
  view.thumb = element("canvas");
  view.thumb.setAttribute("role", "img");
  view.fieldText = element("figcaption");
  field.append(view.thumb, view.fieldText);
  return field;
}

// Another page may bring another picture; until it is decoded nothing is drawn.
export async function loadThumbnail(view) {
  const { page } = view;
  view.field.hidden = !page.looks;
  view.picture = null;
  if (!page.looks) return;
  hideField(view);
  try {
    const picture = await createImageBitmap(new Blob([page.thumbnail], { type: "image/png" }));
    if (view.page !== page || view.closing.signal.aborted) return;
    view.picture = picture;
  } catch {
    return; // The words say it without the picture.
  }
  hideField(view);
}

export function hideField(view) {
  if (!view.page.looks) return;
  paintField(view, null);
  view.fieldText.textContent = view.page.words.fieldHint;
}

// First and last pixel, both included, that a cell's positions see along one axis.
function seenBy({ lo, hi, jump }, cell, reducedBy) {
  if (jump === null) return { lo, hi };
  return { lo: lo + cell * reducedBy * jump, hi: hi + ((cell + 1) * reducedBy - 1) * jump };
}

export function showField(view, row, column) {
  const { looks, reducedBy, words } = view.page;
  if (!looks) return "";
  const [down, across] = [seenBy(looks.field[0], row, reducedBy), seenBy(looks.field[1], column, reducedBy)];
  const inside = ({ lo, hi }, size) => Math.max(0, Math.min(hi, size - 1) - Math.max(lo, 0) + 1);
  const values = {
    height: down.hi - down.lo + 1,
    width: across.hi - across.lo + 1,
    seenHeight: inside(down, looks.input[0]),
    seenWidth: inside(across, looks.input[1]),
  };
  const isWhole = values.height === values.seenHeight && values.width === values.seenWidth;
  const number = new Intl.NumberFormat(words.language);
  const told = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, number.format(value)]));
  const said = [sentence(isWhole ? words.fieldWhole : words.fieldClipped, told)];
  if (looks.isGlobal) said.push(words.fieldGlobal);
  view.fieldText.textContent = said.join(". ");
  paintField(view, { down, across });
  return view.fieldText.textContent;
}

function paintField(view, seen) {
  const { thumb, page } = view;
  const [height, width] = page.looks.input;
  const scale = THUMB_SIDE / Math.max(height, width);
  thumb.width = Math.max(1, Math.round(width * scale));
  thumb.height = Math.max(1, Math.round(height * scale));
  const context = thumb.getContext("2d");
  if (view.picture) context.drawImage(view.picture, 0, 0, thumb.width, thumb.height);
  delete thumb.dataset.box;
  if (!seen) return;
  const left = clamp(seen.across.lo, 0, width);
  const top = clamp(seen.down.lo, 0, height);
  const [right, bottom] = [clamp(seen.across.hi + 1, 0, width), clamp(seen.down.hi + 1, 0, height)];
  thumb.dataset.box = [left, top, right, bottom].join(" ");
  if (right <= left || bottom <= top) return;
  const box = [left * scale, top * scale, (right - left) * scale, (bottom - top) * scale];
  context.fillStyle = "rgb(0 0 0 / 45%)";
  context.beginPath();
  context.rect(0, 0, thumb.width, thumb.height);
  context.rect(...box);
  context.fill("evenodd");
  // A light line on a dark one is seen on any picture.
  for (const [colour, lineWidth] of [
    ["black", 4],
    ["white", 2],
  ]) {
    Object.assign(context, { strokeStyle: colour, lineWidth });
    const [x, y, wide, high] = box;
    context.strokeRect(x + 2, y + 2, Math.max(1, wide - 4), Math.max(1, high - 4));
  }
}
