// What is marked in the drawing: the selection, and with a block its two branches.

import { announce, sentence } from "../../browser/words.js";
import { takeAddress } from "./ask.js";
import { bringIntoSight, isInSight } from "./camera.js";
import { showCard } from "./card.js";
import { drawnAround } from "./kin.js";
import { shadeBy } from "./shade.js";

export function select(view, id) {
  view.selected = id;
  for (const element of view.marked) {
    element.classList.remove("selected", "within");
    if (element.hasAttribute("aria-pressed")) element.setAttribute("aria-pressed", "false");
  }
  view.marked = [];
  const thing = drawnAround(view, id);
  if (thing) {
    const isItself = thing.id === id;
    thing.element.classList.add(isItself ? "selected" : "within");
    if (isItself) thing.element.setAttribute("aria-pressed", "true");
    view.marked.push(thing.element);
  }
  view.goButton.disabled = !thing;
  followBranches(view, id);
  showCard(view, id);
}

const DOUBLE_CLICK_MS = 200;
// The page's own work, which begins with the message, is not to come before the facts are painted.
const TWO_FRAMES_MS = 40;

// Chosen by hand: marked at once, told to Python after that; and where a second click may follow that opens it, then
// only when it did not come, so that one gesture is one message and one entry in the browser's history.
export function choose(view, id, mayBeOpened = false) {
  select(view, id);
  announce(
    view,
    id === null ? view.data.words.nothing : sentence(view.data.words.selected, { name: nameOf(view, id) }),
  );
  // Whatever else of the page shows the chosen node need not wait for Python.
  document.dispatchEvent(new CustomEvent("resnet-viz:chosen", { detail: { id } }));
  dropHeld(view);
  view.untold += 1;
  view.held = setTimeout(
    () => {
      dropHeld(view);
      view.send("selected", { id });
    },
    mayBeOpened ? DOUBLE_CLICK_MS : TWO_FRAMES_MS,
  );
}

export function dropHeld(view) {
  if (view.held === null) return;
  clearTimeout(view.held);
  view.held = null;
  view.untold -= 1;
}

// What Python says, unless it answers something older than what was done here since.
export function takeMark(view, mark) {
  // Another session of the server's counts anew.
  if (mark.session === view.session && mark.turn < view.turn) return;
  view.session = mark.session;
  view.turn = mark.turn;
  takeAddress(view, mark.address);
  if (!view.svg || view.untold > 0) return; // What was done meanwhile is not told yet.
  const isNews = mark.selected !== view.selected;
  if (isNews) select(view, mark.selected);
  // Where another drawing is on the way, it is the one to show it in.
  view.sought = view.drawn.address === mark.address ? null : isNews ? mark.selected : view.sought;
  if (mark.shade !== view.metric) shadeBy(view, mark.shade);
  const thing = drawnAround(view, mark.selected);
  if (isNews && thing && !isInSight(view, thing)) bringIntoSight(view, thing, true);
}

// A block or run lights up what computes and what passes by, each in its own way; the rest steps back.
function followBranches(view, id) {
  for (const element of view.followed) element.classList.remove("residual", "bypassing", "joining");
  for (const halo of view.halos) halo.remove();
  Object.assign(view, { followed: [], halos: [] });
  const parts = branchesOf(view, id);
  view.svg?.classList.toggle("following", parts !== null);
  if (!parts) return;
  const mark = (part, kind) => {
    part.element.classList.add(kind);
    view.followed.push(part.element);
    if (kind !== "joining") addHalo(view, part, kind);
  };
  for (const thing of parts.residual) mark(thing, "residual");
  for (const thing of parts.bypass) mark(thing, "bypassing");
  if (parts.add) mark(parts.add, "joining");
  for (const [wire, kind] of branchWires(view, parts)) mark(wire, kind);
  const frame = view.things.get(id);
  if (frame.isFrame) mark(frame, "joining");
}

// The boxes that stand for a block's branches at whatever level is drawn.
export function branchesOf(view, id) {
  const facts = view.drawn.facts[id];
  if (!facts?.branches || !view.things.has(id)) return null;
  const drawn = (ids) => {
    const things = ids.map((part) => drawnAround(view, part)).filter((thing) => thing && !thing.isFrame);
    return new Set(things);
  };
  const add = view.things.get(facts.branches.add) ?? null;
  return { residual: drawn(facts.branches.residual), bypass: drawn(facts.branches.bypass), add };
}

function branchWires(view, { residual, bypass, add }) {
  const [isIn, out] = [(set, id) => set.has(view.things.get(id)), add?.id];
  const found = [];
  for (const wire of view.wires) {
    if (isIn(bypass, wire.dst) || (isIn(bypass, wire.src) && wire.dst === out)) found.push([wire, "bypassing"]);
    else if (isIn(residual, wire.dst) || (isIn(residual, wire.src) && wire.dst === out)) found.push([wire, "residual"]);
    else if (wire.dst === out && wire.isShortcut) found.push([wire, "bypassing"]);
  }
  return found;
}

function addHalo(view, { element: group, shape }, kind) {
  const halo = shape.cloneNode();
  for (const name of ["stroke-dasharray", "stroke-width", "fill", "style"]) halo.removeAttribute(name);
  halo.setAttribute("class", `halo ${kind}`);
  group.prepend(halo);
  view.halos.push(halo);
}

// A net of several, and all of them, have names of their own.
export function nameOf(view, id) {
  const facts = view.drawn.facts[id];
  return facts?.name ?? (facts?.kind === "network" ? view.data.words.network : id);
}
