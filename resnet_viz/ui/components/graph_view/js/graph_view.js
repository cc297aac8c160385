// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

import { element } from "../../browser/element.js";
import { askAgain, listenAhead } from "./ask.js";
import {
  inPane,
  layOut,
  makeCamera,
  scrollPane,
  startScale,
  takeTypeScale,
  toDrawing,
  typeScale,
  whereCamera,
} from "./camera.js";
import { makeCard, showCard } from "./card.js";
import { inNextFrame, listenToGestures } from "./gestures.js";
import { takeGrowth } from "./grown.js";
import { canOpen, closePart, openPart } from "./levels.js";
import { choose, select, takeMark } from "./marks.js";
import { makeMap, updateMap } from "./minimap.js";
import { enterView, leaveView, markOf } from "./registry.js";
import { paintTheme, shadeBy } from "./shade.js";
import { hideTip, listenToHover } from "./tip.js";
import { placeTitles } from "./titles.js";
import { makeHelp, makeToolbar, updateLegend } from "./toolbar.js";
import { listenToKeys, makeCurrent, thingOf } from "./walk.js";

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".graph-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  if (!view) {
    view = makeView(root, data);
    views.set(root, view);
  }
  view.trigger = setTriggerValue;
  if (view.data.language !== data.language) takeLanguage(view, data);
  update(view, data);
  return () => closeView(view);
}

function makeView(root, data) {
  const closing = new AbortController();
  const view = {
    root,
    data,
    closing,
    name: null,
    svg: null,
    turn: 0,
    selected: null,
    sought: null,
    metric: data.metrics[0].key,
    current: null,
    drawn: { address: null, net: null, title: "", facts: {}, levels: {} },
    ready: new Map(),
    said: null,
    expected: [],
    target: Promise.resolve(null),
    things: new Map(),
    titles: new Map(),
    wires: [],
    order: [],
    runs: [],
    size: { width: 1, height: 1 },
    marked: [],
    followed: [],
    halos: [],
    hitMarks: [],
    pending: {},
    camera: makeCamera(),
    acted: null,
    awaited: null,
    tipFor: null,
    coming: null,
    asking: 0,
    session: null,
    held: null,
    untold: 0,
    light: new WeakMap(),
    isDark: null,
  };
  const on = closing.signal;
  view.takeMark = (mark) => takeMark(view, mark);
  view.takeGrowth = () => takeGrowth(view);
  view.send = (name, value) => view.trigger(name, { ...value, turn: ++view.turn });
  view.isBusy = () => view.asking > 0 || view.coming !== null || view.untold > 0;
  on.addEventListener("abort", () => [view.held, view.readyTimer].forEach(clearTimeout));
  view.afterMove = () =>
    inNextFrame(view, "moveFrame", () => {
      placeTitles(view);
      updateMap(view);
    });
  buildPane(view);
  buildParts(view, on);
  listenToGestures(view, on);
  listenToKeys(view, on);
  listenToHover(view, on);
  listenAhead(view, on);
  view.pane.addEventListener("click", (event) => onClick(view, event), { signal: on });
  view.pane.addEventListener("dblclick", (event) => onDoubleClick(view, event), { signal: on });
  document.addEventListener("resnet-viz:scaled", () => takeTypeScale(view), { signal: on });
  view.camera.type = typeScale(view);
  view.observer = new ResizeObserver(() => onResize(view));
  view.observer.observe(view.pane);
  return view;
}

function buildPane(view) {
  view.pane = element("div", "pane");
  view.pane.tabIndex = 0;
  view.pane.setAttribute("role", "group");
  view.sheet = element("div", "sheet");
  view.pane.append(view.sheet);
}

// All that says something in the reader's language.
function buildParts(view, on) {
  const { words } = view.data;
  view.pane.setAttribute("aria-label", words.pane);
  view.tip = element("div", "tip");
  view.tip.setAttribute("role", "tooltip");
  view.tip.hidden = true;
  view.trouble = element("p", "trouble none", words.trouble);
  view.live = element("div", "live");
  view.live.setAttribute("aria-live", "polite");
  view.help = makeHelp(view, on);
  view.map = makeMap(view, on);
  view.card = makeCard(view, on);
  view.root.replaceChildren(
    makeToolbar(view, on),
    view.trouble,
    view.pane,
    view.card,
    view.map,
    view.tip,
    view.live,
    view.help,
  );
}

// What says something is made anew around the drawing, which stays until it is there in the new language.
function takeLanguage(view, data) {
  const [{ input, hits, at }, { left, top }] = [view.search, whereCamera(view)];
  hideTip(view);
  view.data = data;
  view.ready.clear();
  buildParts(view, view.closing.signal);
  scrollPane(view, left, top); // It was taken out for a moment, and is at its beginning.
  view.search.input.value = input.value;
  Object.assign(view.search, { hits, at });
  if (view.svg) {
    updateLegend(view);
    shadeBy(view, view.metric);
    select(view, view.selected);
  }
  askAgain(view);
}

// Another theme, or other words; which drawing is to be shown, the mark says.
function update(view, data) {
  view.data = data;
  enterView(view);
  if (view.svg) {
    if (paintTheme(view)) {
      updateLegend(view);
      shadeBy(view, view.metric);
    }
    showCard(view, view.selected);
  }
  const mark = markOf(view);
  if (mark) view.takeMark(mark);
}

function onClick(view, event) {
  if (view.wasDragged || event.detail > 1) return;
  const thing = thingOf(view, event.target) ?? frameAt(view, toDrawing(view, inPane(view, event)));
  if (!thing) return view.selected === null ? undefined : choose(view, null);
  makeCurrent(view, thing);
  thing.element.focus({ preventScroll: true });
  hideTip(view);
  choose(view, thing.id, canOpen(view, thing.id) || thing.isFrame);
}

function onDoubleClick(view, event) {
  if (view.wasDragged) return;
  const thing = thingOf(view, event.target) ?? frameAt(view, toDrawing(view, inPane(view, event)));
  if (!thing) return;
  event.preventDefault();
  const isNet = view.drawn.facts[thing.id]?.kind === "network";
  if (!openPart(view, thing.id) && thing.isFrame && !isNet) closePart(view, thing.id);
}

// A frame has no fill that could be hit: the smallest one around the spot.
function frameAt(view, { x, y }) {
  const frames = [...view.things.values()].filter(({ isFrame, box }) => {
    return isFrame && x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
  });
  return frames.sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)[0] ?? null;
}

function onResize(view) {
  const { clientWidth: width } = view.pane;
  if (!view.svg || view.isClosed || width === view.lastWidth || width === 0) return;
  view.lastWidth = width;
  if (view.camera.isAtStart) view.camera.scale = startScale(view);
  layOut(view);
}

function closeView(view) {
  view.isClosed = true;
  view.closing.abort();
  view.observer.disconnect();
  leaveView(view);
  views.delete(view.root);
  view.root.replaceChildren();
}
