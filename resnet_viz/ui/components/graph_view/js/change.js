// From one drawing to the next: made ready beside the one that is shown, a slice of time after the other, so that the
// page never stands still; then put in its place, with what was acted on where it was.

import { clamp } from "../../browser/numbers.js";
import { isDarkTheme } from "../../browser/theme.js";
import { sentence } from "../../browser/words.js";
import { showTrouble, tellBusy } from "./ask.js";
import {
  bringIntoSight,
  EDGE,
  isInSight,
  layOut,
  scrollPane,
  settleCamera,
  spotOf,
  startCamera,
  startScale,
  toDrawing,
  toPane,
  whereCamera,
} from "./camera.js";
import { middleOf } from "./drawing.js";
import { followGrowth, showGrowth } from "./grown.js";
import { counterpart, drawnAround, networkId } from "./kin.js";
import { canOpen } from "./levels.js";
import { select } from "./marks.js";
import { prepareNext, takeReading } from "./ready.js";
import { markOf } from "./registry.js";
import { findNodes, markHitsAgain } from "./search.js";
import { paintedShapes, paintShape, shadeBy } from "./shade.js";
import { hideTip } from "./tip.js";
import { updateLegend } from "./toolbar.js";
import { focusThing, makeCurrent, thingOf } from "./walk.js";

const SLICE_MS = 40;
// Each time the browser also looks at all that is there already: few large helpings take half as long as many small ones.
const GROUPS_AT_ONCE = 400;

// A later drawing replaces one that is not ready yet.
export function bringDrawing(view, drawn, goOn = () => {}) {
  const coming = { drawn, after: [...(view.coming?.after ?? []), goOn] };
  view.coming?.svg?.remove();
  view.coming = coming;
  runSteps(drawingSteps(view, coming), () => view.coming !== coming || view.isClosed);
}

// What is quickly done is done at once; the rest goes on after the page had its turn.
function runSteps(steps, isOver) {
  const end = performance.now() + SLICE_MS;
  while (!isOver()) {
    if (steps.next().done) return;
    if (performance.now() > end) {
      soon(() => runSteps(steps, isOver));
      return;
    }
  }
}

// Before the page's other work, which may be much after a click, and after the frame that is due.
function soon(act) {
  if (window.scheduler?.postTask) scheduler.postTask(act, { priority: "user-blocking" });
  else setTimeout(act);
}

function* drawingSteps(view, coming) {
  const { drawn } = coming;
  const read = yield* takeReading(drawn);
  if (!read) {
    view.coming = null;
    tellBusy(view);
    showTrouble(view);
    for (const act of coming.after) act();
    return;
  }
  const { svg, ...index } = read;
  const next = { ...index, svg, drawn, data: view.data, light: view.light };
  yield* nameThings(next);
  const isDark = isDarkTheme(view.root);
  for (const shape of isDark ? paintedShapes(svg) : []) {
    paintShape(next, shape, isDark);
    yield;
  }
  coming.svg = document.adoptNode(svg);
  yield* layInSteps(view, svg, index.size, view.drawn.net === drawn.net);
  view.isDark = isDark;
  showDrawing(view, { ...index, svg }, coming);
}

// Every box and frame is a button that says what it is, and where.
function* nameThings(next) {
  const [{ words }, { facts }] = [next.data, next.drawn];
  for (const thing of next.things.values()) {
    const { name = thing.id, about = "", shape = "" } = facts[thing.id] ?? {};
    const values = { name, about, shape, n: thing.place + 1, total: next.order.length };
    const { element: group } = thing;
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", sentence(thing.isFrame ? words.spokenFrame : words.spokenBox, values));
    group.setAttribute("aria-pressed", "false");
    group.setAttribute("tabindex", "-1");
    if (thing.isFrame || canOpen(next, thing.id)) group.setAttribute("aria-expanded", String(thing.isFrame));
    yield;
  }
  for (const group of next.titles.keys()) group.setAttribute("aria-hidden", "true");
}

// The browser measures every word when it lays out: a few groups at a time, out of sight.
function* layInSteps(view, svg, size, isSameNet) {
  // Another size later on would have every word measured again.
  const scale = isSameNet ? view.camera.scale : startScale(view, size);
  svg.setAttribute("width", String(size.width * scale));
  svg.setAttribute("height", String(size.height * scale));
  const graph = svg.querySelector("g");
  const groups = graph ? [...graph.children] : [];
  svg.classList.add("coming");
  graph?.replaceChildren();
  view.sheet.append(svg);
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
    graph.append(...groups.slice(at, at + GROUPS_AT_ONCE));
    if (groups.length > GROUPS_AT_ONCE) graph.getBBox();
    yield;
  }
}

function showDrawing(view, drawing, coming) {
  const { drawn } = coming;
  const kept = view.svg && view.drawn.net === drawn.net ? whatStands(view) : null;
  hideTip(view);
  view.trouble.classList.add("none");
  view.svg?.remove();
  Object.assign(view, drawing, { drawn, coming: null, current: null });
  Object.assign(view, { marked: [], followed: [], halos: [], hitMarks: [], opCounts: null });
  view.network = networkId(view);
  view.svg.classList.remove("coming");
  view.svg.setAttribute("role", "group");
  view.svg.setAttribute("aria-label", drawn.title);
  view.root.classList.toggle("dark", view.isDark);
  if (view.order.length) makeCurrent(view, view.order[0]);
  updateLegend(view);
  shadeBy(view, view.metric);
  afterDrawing(view, kept);
  showGrowth(view);
  if (!kept) followGrowth(view);
  const sought = view.sought ? drawnAround(view, view.sought) : null;
  const mark = markOf(view);
  if (mark) view.takeMark(mark);
  if (sought && view.selected === mark?.selected && !isInSight(view, sought)) bringIntoSight(view, sought, true);
  tellBusy(view);
  prepareNext(view);
  requestAnimationFrame(() => soon(() => view.isClosed || coming.after.forEach((act) => act())));
}

function afterDrawing(view, kept) {
  if (kept) keepInPlace(view, kept);
  else startCamera(view);
  const focus = kept?.focus ? counterpart(view, kept.focus) : null;
  if (focus) {
    makeCurrent(view, focus);
    focus.element.focus({ preventScroll: true });
  }
  select(view, view.selected);
  if (view.search.hits.length && kept) markHitsAgain(view);
  else if (view.search.hits.length) findNodes(view);
  if (view.awaited && view.things.has(view.awaited)) focusThing(view, view.things.get(view.awaited));
  Object.assign(view, { acted: null, awaited: null });
}

// Before a change: what is to stay where it is, and what has the keyboard.
function whatStands(view) {
  const focused = view.pane.getRootNode().activeElement;
  const hasFocus = focused ? thingOf(view, focused) : null;
  const acted = view.awaited ?? (view.acted === view.network ? null : view.acted);
  let thing = drawnAround(view, acted ?? view.selected);
  if (thing && acted === null && !isInSight(view, thing)) thing = null;
  const isAtStart = view.pane.scrollLeft < 1 && view.pane.scrollTop < 1;
  if (!thing && !isAtStart) thing = nearestToMiddle(view);
  const kept = { focus: hasFocus?.id ?? null, id: acted ?? thing?.id ?? null, place: null };
  if (thing) kept.place = toPane(view, spotOf(view, thing));
  return kept;
}

function nearestToMiddle(view) {
  const { x, y } = toDrawing(view, { x: view.pane.clientWidth / 2, y: view.pane.clientHeight / 2 });
  const distance = (thing) => Math.hypot(middleOf(thing.box).x - x, middleOf(thing.box).y - y);
  return view.order.reduce((best, thing) => (best && distance(best) <= distance(thing) ? best : thing), null);
}

function keepInPlace(view, { id, place }) {
  const thing = place === null ? null : counterpart(view, id);
  const { pane } = view;
  if (!thing) {
    layOut(view);
    return scrollPane(view, 0, 0);
  }
  // What stood with its beginning out of sight is now small enough to be seen, or was: it stays in sight. What was
  // opened at the far edge shows at least half a pane of what is in it.
  const shown = Math.min(thing.box.width * view.camera.scale + EDGE, pane.clientWidth / 2);
  const x = clamp(place.x, EDGE / 2, pane.clientWidth - (thing.isFrame ? shown : EDGE));
  settleCamera(view, spotOf(view, thing), { x, y: Math.max(EDGE / 2, place.y) });
}
