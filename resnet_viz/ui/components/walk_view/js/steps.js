// Going from step to step. `go` goes anywhere, and opens what would be passed over; `moveTo` shows a step of the path.

import { announce } from "../../browser/words.js";
import { openAround } from "./folds.js";
import { isStop } from "./listing.js";
import { outOf, overOf } from "./record.js";
import { tellSoon } from "./tell.js";
import { showTransport } from "./transport.js";
import { changeFolds, moveTo } from "./walk_view.js";

export function go(view, at) {
  pause(view);
  if (openAround(view, at)) changeFolds(view, at);
  else moveTo(view, at);
}

// A target that is passed over: the next one that is walked.
function moveOn(view, at) {
  if (at === null) return;
  pause(view);
  let target = at;
  while (target < view.walk.length && view.skipped[target]) target++;
  moveTo(view, Math.min(target, view.path.at(-1)));
}

export function stepOn(view) {
  moveOn(view, view.path[view.placeOf[view.step] + 1] ?? null);
}

export function stepBack(view) {
  moveOn(view, view.path[view.placeOf[view.step] - 1] ?? null);
}

// A step further on in the same function, or wherever that returns to.
export function stepOver(view) {
  moveOn(view, overOf(view.walk, view.step));
}

export function stepOut(view) {
  moveOn(view, outOf(view.walk, view.step));
}

export function nextStage(view) {
  moveOn(view, view.walk.marks.find(([at]) => at > view.step)?.[0] ?? null);
}

// Playing

const PLAY_MS = 700;

export function togglePlay(view) {
  if (view.playing) pause(view);
  else play(view);
}

function play(view) {
  view.playing = true;
  showTransport(view);
  tick(view);
}

export function pause(view) {
  if (!view.playing) return;
  view.playing = false;
  clearTimeout(view.clock);
  showTransport(view);
  tellSoon(view);
}

function tick(view) {
  view.clock = setTimeout(() => {
    const next = view.path[view.placeOf[view.step] + 1];
    if (next === undefined) return pause(view);
    moveTo(view, next);
    if (isStop(view, next) || next === view.path.at(-1)) pause(view);
    else tick(view);
  }, PLAY_MS / view.speed);
}

// To the next line that is marked, at once.
export function runOn(view) {
  const from = view.placeOf[view.step] + 1;
  const stop = view.path.slice(from).find((at) => isStop(view, at));
  if (stop === undefined) announce(view, view.data.words.noStop);
  else moveOn(view, stop);
}
