// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

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
  update(view, data);
  return () => closeView(view);
}

function makeView(root, data) {
  const closing = new AbortController();
  const view = {
    root, data, closing, name: null, svg: null, turn: 0, selected: null, metric: data.metrics[0].key, current: null,
    things: new Map(), titles: new Map(), wires: [], order: [], runs: [], size: { width: 1, height: 1 },
    marked: [], followed: [], halos: [], hitMarks: [], pending: {}, camera: makeCamera(), acted: null, awaited: null,
  };
  const on = closing.signal;
  view.takeMark = (mark) => takeMark(view, mark);
  view.send = (name, value) => view.trigger(name, { ...value, turn: ++view.turn });
  view.afterMove = () => inNextFrame(view, "mapFrame", () => updateMap(view));
  buildParts(view, on);
  listenToGestures(view, on);
  listenToKeys(view, on);
  listenToHover(view, on);
  view.pane.addEventListener("click", (event) => onClick(view, event), { signal: on });
  view.pane.addEventListener("dblclick", (event) => onDoubleClick(view, event), { signal: on });
  view.observer = new ResizeObserver(() => onResize(view));
  view.observer.observe(view.pane);
  return view;
}

function buildParts(view, on) {
  const { words } = view.data;
  view.pane = element("div", "pane");
  view.pane.tabIndex = 0;
  view.pane.setAttribute("role", "group");
  view.pane.setAttribute("aria-label", words.pane);
  view.sheet = element("div", "sheet");
  view.pane.append(view.sheet);
  view.tip = element("div", "tip");
  view.tip.setAttribute("role", "tooltip");
  view.tip.hidden = true;
  view.live = element("div", "live");
  view.live.setAttribute("aria-live", "polite");
  view.help = makeHelp(view, on);
  view.map = makeMap(view, on);
  view.card = makeCard(view, on);
  view.root.replaceChildren(makeToolbar(view, on), view.pane, view.card, view.map, view.tip, view.live, view.help);
}

function update(view, data) {
  const before = { net: view.net, svg: view.source };
  const isNew = before.svg !== data.svg;
  const kept = isNew && view.svg && before.net === data.net ? whatStands(view) : null;
  view.data = data;
  view.network = networkId(view);
  view.opCounts = null;
  const mark = enterView(view);
  if (isNew) showDrawing(view, data, kept);
  if (!view.svg) return;
  if (paintTheme(view) || isNew) {
    updateLegend(view);
    shadeBy(view, view.metric);
  }
  if (isNew) afterDrawing(view);
  else showCard(view, view.selected);
  if (mark) view.takeMark(mark);
}

// Before a change: what is to stay where it is, and what has the keyboard.
function whatStands(view) {
  const focused = view.pane.getRootNode().activeElement;
  const hasFocus = focused ? thingOf(view, focused) : null;
  const id = view.acted ?? (drawnAround(view, view.selected) && view.selected);
  let thing = id === null ? null : counterpart(view, id);
  if (thing && view.acted === null && !isInSight(view, thing)) thing = null;
  const isAtStart = view.pane.scrollLeft < 1 && view.pane.scrollTop < 1;
  if (!thing && !isAtStart) thing = nearestToMiddle(view);
  const kept = { focus: hasFocus?.id ?? null, id: thing?.id ?? null, place: null };
  if (thing) kept.place = toPane(view, spotOf(view, thing));
  return kept;
}

function nearestToMiddle(view) {
  const { x, y } = toDrawing(view, { x: view.pane.clientWidth / 2, y: view.pane.clientHeight / 2 });
  const distance = (thing) => Math.hypot(middleOf(thing.box).x - x, middleOf(thing.box).y - y);
  return view.order.reduce((best, thing) => (best && distance(best) <= distance(thing) ? best : thing), null);
}

function showDrawing(view, data, kept) {
  const svg = readDrawing(data.svg);
  if (!svg) return;
  Object.assign(view, { svg, source: data.svg, net: data.net, ...indexDrawing(svg), current: null, kept });
  view.runs = findRuns(view.things);
  Object.assign(view, { marked: [], followed: [], halos: [], hitMarks: [] });
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", data.title);
  nameThings(view);
  paintTheme(view);
  view.sheet.replaceChildren(svg);
  view.pane.classList.toggle("tall", !view.isStrip);
}

// Every box and frame is a button that says what it is, and where.
function nameThings(view) {
  const { words, facts } = view.data;
  for (const thing of view.things.values()) {
    const { about = "", shape = "" } = facts[thing.id] ?? {};
    const values = { name: thing.id, about, shape, n: thing.place + 1, total: view.order.length };
    const { element: group } = thing;
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", sentence(thing.isFrame ? words.spokenFrame : words.spokenBox, values));
    group.setAttribute("aria-pressed", "false");
    group.setAttribute("tabindex", "-1");
    if (thing.isFrame || canOpen(view, thing.id)) group.setAttribute("aria-expanded", String(thing.isFrame));
  }
  for (const group of view.titles.keys()) group.setAttribute("aria-hidden", "true");
  if (view.order.length) makeCurrent(view, view.order[0]);
}

function afterDrawing(view) {
  const { kept } = view;
  if (!kept) startCamera(view);
  else keepInPlace(view, kept);
  const focus = kept?.focus ? counterpart(view, kept.focus) : null;
  if (focus) {
    makeCurrent(view, focus);
    focus.element.focus({ preventScroll: true });
  }
  select(view, view.selected);
  if (view.search.hits.length) markHits(view, view.search.hits.filter((id) => Object.hasOwn(view.data.facts, id)));
  if (view.awaited && view.things.has(view.awaited)) focusThing(view, view.things.get(view.awaited));
  Object.assign(view, { acted: null, awaited: null, kept: null });
  view.camera.told = whereCamera(view);
}

function keepInPlace(view, { id, place }) {
  const thing = id === null ? null : counterpart(view, id);
  const { pane } = view;
  if (!thing) {
    layOut(view);
    return scrollPane(view, 0, 0);
  }
  // What stood with its beginning out of sight is now small enough to be seen, or was: it stays in sight.
  const x = clamp(place.x, EDGE / 2, pane.clientWidth - EDGE);
  settleCamera(view, spotOf(view, thing), { x, y: Math.max(EDGE / 2, place.y) });
}

function onClick(view, event) {
  if (view.wasDragged || event.detail > 1) return;
  const thing = thingOf(view, event.target) ?? frameAt(view, toDrawing(view, inPane(view, event)));
  if (!thing) return view.selected === null ? undefined : choose(view, null);
  makeCurrent(view, thing);
  thing.element.focus({ preventScroll: true });
  hideTip(view);
  choose(view, thing.id);
}

function onDoubleClick(view, event) {
  if (view.wasDragged) return;
  const thing = thingOf(view, event.target) ?? frameAt(view, toDrawing(view, inPane(view, event)));
  if (!thing) return;
  event.preventDefault();
  if (!openPart(view, thing.id) && thing.isFrame) closePart(view, thing.id);
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
