// Equal passes of a loop: closed, they are walked once and the rest is passed over; open, each one is walked.

import { clamp } from "../../browser/numbers.js";
import { changeFolds } from "./walk_view.js";

function foldKey(fold) {
  return `${fold[0]}:${fold[1]}`;
}

export function foldEnd([start, length, count]) {
  return start + length * count;
}

export function isOpen(view, fold) {
  return view.openFolds.has(foldKey(fold));
}

export function foldsAround(walk, at) {
  return walk.folds.filter((fold) => fold[0] <= at && at < foldEnd(fold));
}

// The steps that are walked, in order; those that are passed over are left out.
export function makePath(view) {
  const { walk } = view;
  const skipped = new Uint8Array(walk.length);
  for (const fold of walk.folds) if (!isOpen(view, fold)) skipped.fill(1, fold[0] + fold[1], foldEnd(fold));
  view.path = [];
  view.placeOf = new Int32Array(walk.length);
  for (let at = 0; at < walk.length; at++) {
    if (!skipped[at]) view.path.push(at);
    view.placeOf[at] = view.path.length - 1;
  }
  view.skipped = skipped;
}

// A step that is passed over is asked for by itself: what it lies in opens.
export function openAround(view, at) {
  if (!view.skipped[at]) return false;
  for (const fold of foldsAround(view.walk, at)) {
    if (at >= fold[0] + fold[1]) view.openFolds.add(foldKey(fold));
  }
  makePath(view);
  return true;
}

export function toggleFold(view, fold) {
  const { walk } = view;
  if (isOpen(view, fold)) {
    view.openFolds.delete(foldKey(fold));
    // Whoever stands in a pass that is folded away now stands at the first one, at the same line.
    if (view.step >= fold[0] + fold[1] && view.step < foldEnd(fold)) {
      view.step = fold[0] + ((view.step - fold[0]) % fold[1]);
    }
  } else view.openFolds.add(foldKey(fold));
  view.step = clamp(view.step, 0, walk.length - 1);
  makePath(view);
  changeFolds(view);
}
