// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

import { element, scrollable } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { pageRegistry } from "../../browser/registry.js";
import { followTheme } from "../../browser/theme.js";
import { announce } from "../../browser/words.js";
import { showOther } from "./align.js";
import { listenToNodes, makeAsked, showAsked } from "./asked.js";
import { answerWords, conditionOf, partsOf } from "./condition.js";
import { makePath, openAround } from "./folds.js";
import { listenToKeys, makeKeysHelp } from "./keys.js";
import { makeListing, measureNow, showLines } from "./listing.js";
import { loadWalks } from "./load.js";
import { buildOutline, makeOutline, markOutline, openWay } from "./outline.js";
import { makePanel, showPanel, whereWords } from "./panel.js";
import { codeOf } from "./record.js";
import { makeStages, showStages } from "./stages.js";
import { pause } from "./steps.js";
import { tellGraph, tellMaps, tellSoon } from "./tell.js";
import { makeTransport, showBand, showTransport } from "./transport.js";

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".walk-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  // In another language all of it is said anew.
  if (view && view.data.language !== data.language) closeView(view);
  view = views.get(root);
  if (!view) {
    view = makeView(root, data);
    views.set(root, view);
  }
  followTheme(root);
  view.trigger = setTriggerValue;
  view.data = data;
  const { walks, walkMarks, walkPlaces } = pageRegistry();
  walks.set(data.walk, view);
  if (walkPlaces.has(data.walk)) view.takePlace(walkPlaces.get(data.walk));
  const mark = walkMarks.get(data.walk);
  if (mark) view.takeMark(mark);
  return () => closeView(view);
}

function makeView(root, data) {
  const closing = new AbortController();
  const view = {
    root,
    data,
    closing,
    kept: new Map(),
    payload: null,
    walks: null,
    walk: null,
    other: null,
    step: 0,
    frame: null,
    path: [],
    placeOf: [],
    skipped: [],
    openFolds: new Set(),
    breakpoints: new Set(),
    playing: false,
    clock: 0,
    rest: null,
    turn: 0,
    session: null,
    told: null,
    places: {},
    net: null,
    mapped: null,
    measures: [],
  };
  const on = closing.signal;
  view.takeMark = (mark) => takeMark(view, mark);
  view.isBusy = () => root.getAttribute("aria-busy") === "true" || view.rest !== null || view.outline.timer !== 0;
  for (const [theme, paints] of Object.entries(data.paints)) {
    for (const [name, [fill, line]] of Object.entries(paints)) {
      root.style.setProperty(`--${name}-${theme}`, fill);
      root.style.setProperty(`--${name}-${theme}-line`, line);
    }
  }
  view.live = element("div", "live");
  view.live.setAttribute("aria-live", "polite");
  view.trouble = element("p", "trouble", data.words.trouble);
  view.trouble.hidden = true;
  view.panel = makePanel(view, "own");
  view.otherPanel = makePanel(view, "other");
  view.otherPanel.root.hidden = true;
  scrollable(view.otherPanel.root, data.words.otherNet);
  const side = element("div", "side");
  side.append(makeAsked(view, on), view.panel.root);
  const main = element("div", "main");
  main.append(makeListing(view, on), side, view.otherPanel.root);
  view.lists = [makeOutline(view), makeStages(view), makeKeysHelp(view)];
  root.replaceChildren(makeTransport(view, on), view.trouble, main, ...view.lists, view.live);
  root.setAttribute("aria-busy", "true");
  listenToKeys(view, root, on);
  view.takePlace = (place) => takePlace(view, place);
  listenToNodes(view, on);
  return view;
}

// The long lists may stand elsewhere on the page, below the drawing.
function takePlace(view, place) {
  if (view.lists[0].parentNode === place) return;
  place.replaceChildren(...view.lists);
  for (const name of view.root.style) {
    if (name.startsWith("--")) place.style.setProperty(name, view.root.style.getPropertyValue(name));
  }
  listenToKeys(view, place, view.closing.signal);
}

// What Python says, unless it answers something older than what was done here since.
async function takeMark(view, mark) {
  if (mark.session === view.session && mark.turn < view.turn) return;
  const isNews = !view.said || mark.kind !== view.said.kind || mark.step !== view.said.step || mark.net !== view.net;
  const isAnswer = mark.session === view.session && mark.turn === view.turn && view.rest !== null;
  Object.assign(view, { session: mark.session, turn: mark.turn, said: mark });
  await showNets(view, mark);
  if (view.said !== mark || !view.walks) return;
  if (isAnswer || (!isNews && view.walk)) return;
  if (view.walk?.kind === mark.kind && view.walk.net === view.walks.payload.net && view.step === mark.step) return;
  view.told = { kind: mark.kind, step: mark.step };
  showWalk(view, mark.kind, mark.step);
}

async function showNets(view, mark) {
  const isOther = (mark.other ?? null) !== (view.other?.payload.net ?? null);
  if (mark.net === view.net && !isOther) return;
  view.root.setAttribute("aria-busy", "true");
  const [walks, other] = await Promise.all([
    loadWalks(view, mark.net),
    mark.other ? loadWalks(view, mark.other) : null,
  ]);
  if (view.said !== mark || view.closing.signal.aborted) return;
  view.root.setAttribute("aria-busy", "false");
  view.trouble.hidden = walks !== null && (other !== null || !mark.other);
  if (!walks) return;
  if (mark.net !== view.net) {
    Object.assign(view, { net: mark.net, walks, payload: walks.payload, walk: null, places: {}, openFolds: new Set() });
    view.asked.what = null;
    view.asked.part.hidden = true;
    showStages(view);
  }
  view.other = other;
  if (view.walk) showStepHere(view, false);
}

// One of the two walks, from where it was left or from a step.
export function chooseKind(view, kind, at = view.places[kind] ?? 0) {
  if (view.walk.kind === kind) return;
  pause(view);
  showWalk(view, kind, at);
  tellSoon(view);
}

function showWalk(view, kind, at) {
  if (view.walk) view.places[view.walk.kind] = view.step;
  const walk = view.walks[kind];
  Object.assign(view, { walk, step: clamp(at, 0, walk.length - 1), frame: null, mapped: null });
  view.root.dataset.kind = kind;
  makePath(view);
  openAround(view, view.step);
  view.outline.open = new Set();
  view.outline.way = new Set();
  showAllAgain(view);
}

// Folds were opened or closed: the path and what shows it are made anew.
export function changeFolds(view, at = view.step) {
  view.step = at;
  view.frame = null;
  showAllAgain(view);
  tellSoon(view);
}

function showAllAgain(view) {
  showBand(view);
  openWay(view);
  buildOutline(view);
  showStepHere(view, true);
  showAsked(view);
}

export function moveTo(view, at) {
  if (at === view.step && view.frame === null) return;
  Object.assign(view, { step: at, frame: null });
  showStepHere(view, true);
  tellSoon(view);
}

function showStepHere(view, isMoved) {
  showTransport(view);
  showLines(view, isMoved);
  showPanel(view, view.panel, view.walk, view.step, view.frame);
  showOther(view);
  tellGraph(view);
  measureNow(view);
  markOutline(view, isMoved);
  tellMaps(view);
  if (isMoved) announce(view, spokenStep(view));
}

function spokenStep(view) {
  const { walk, step } = view;
  const condition = conditionOf(walk, step);
  const answers = condition ? partsOf(condition).map((part) => `${part[1]} ${answerWords(view, part)}`) : [];
  return [whereWords(walk, step), codeOf(walk, step)[0], ...answers, ...walk.steps.node_ids[step]].join(", ");
}

function closeView(view) {
  const { walks, growths } = pageRegistry();
  clearTimeout(view.clock);
  clearTimeout(view.rest);
  clearTimeout(view.mapsTimer);
  clearTimeout(view.outline.timer);
  if (walks.get(view.data.walk) === view) walks.delete(view.data.walk);
  growths.delete(view.data.graph);
  view.closing.abort();
  views.delete(view.root);
  view.root.replaceChildren();
}
