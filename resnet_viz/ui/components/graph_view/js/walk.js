// Going through the net with the keyboard, along the wires as they are drawn.

import { announce } from "../../browser/words.js";
import { bringIntoSight, fitScale, goToSelection, STEP, zoomBy, zoomTo } from "./camera.js";
import { boxesIn, drawnAround, frameAround } from "./kin.js";
import { closePart, openPart } from "./levels.js";
import { choose } from "./marks.js";
import { hideTip, showFocusTip } from "./tip.js";

export function listenToKeys(view, on) {
  view.root.addEventListener("keydown", (event) => onKey(view, event), { signal: on });
  view.pane.addEventListener("focusin", (event) => onFocus(view, event), { signal: on });
  view.pane.addEventListener("focusout", () => hideTip(view), { signal: on });
}

function onKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || view.help.open) return;
  if (event.target.matches("input, select")) return;
  const thing = thingOf(view, event.target);
  const isDone = (thing && onThingKey(view, thing, event)) || onViewKey(view, event);
  if (!isDone) return;
  event.preventDefault();
  event.stopPropagation();
}

function onViewKey(view, { key }) {
  const acts = {
    "+": () => zoomBy(view, STEP),
    "=": () => zoomBy(view, STEP),
    "-": () => zoomBy(view, 1 / STEP),
    0: () => zoomTo(view, fitScale(view)),
    1: () => zoomTo(view, view.camera.type),
    g: () => goToSelection(view),
    i: () => chooseNeighbour(view, "ins"),
    o: () => chooseNeighbour(view, "outs"),
    "/": () => view.search.input.focus(),
    "?": () => view.help.showModal(),
  };
  if (!Object.hasOwn(acts, key)) return false;
  acts[key]();
  return true;
}

function onThingKey(view, thing, { key }) {
  const acts = {
    ArrowRight: () => focusThing(view, neighbour(view, thing, "outs", true)),
    ArrowLeft: () => focusThing(view, neighbour(view, thing, "ins", true)),
    ArrowDown: () => focusThing(view, thing.isFrame ? boxesIn(view, thing)[0] : neighbour(view, thing, "outs", false)),
    ArrowUp: () => focusThing(view, thing.isFrame ? frameAround(view, thing.id) : neighbour(view, thing, "ins", false)),
    Home: () => focusThing(view, view.order[0]),
    End: () => focusThing(view, view.order.at(-1)),
    Enter: () => openPart(view, thing.id) || choose(view, thing.id),
    " ": () => choose(view, thing.id),
    Backspace: () => closePart(view, thing.id) || announce(view, view.data.words.allClosed),
    Escape: () => goUp(view, thing),
  };
  if (!Object.hasOwn(acts, key)) return false;
  acts[key]();
  return true;
}

// To the frame around; from the outermost one, to nothing selected.
function goUp(view, thing) {
  const frame = frameAround(view, thing.id);
  if (frame) {
    focusThing(view, frame);
    choose(view, frame.id);
  } else choose(view, null);
}

// The wires that enter or leave a thing; of a frame, those that cross it.
function wiresOf(view, thing, way) {
  if (!thing.isFrame) return thing[way];
  const inside = new Set(boxesIn(view, thing).map((box) => box.id));
  return view.wires.filter(({ src, dst }) =>
    way === "ins" ? !inside.has(src) && inside.has(dst) : inside.has(src) && !inside.has(dst),
  );
}

export function neighboursOf(view, thing, way) {
  const end = way === "ins" ? "src" : "dst";
  const wires = wiresOf(view, thing, way);
  return [...new Set(wires.map((wire) => wire[end]))].map((id) => view.things.get(id));
}

function neighbour(view, thing, way, prefersShortcut) {
  const wires = wiresOf(view, thing, way);
  const wire = wires.find(({ isShortcut }) => isShortcut === prefersShortcut) ?? wires[0];
  return wire ? view.things.get(way === "ins" ? wire.src : wire.dst) : null;
}

function chooseNeighbour(view, way) {
  const from = drawnAround(view, view.selected) ?? view.current;
  const to = from && neighbour(view, from, way, false);
  if (!to) return announce(view, view.data.words[way === "ins" ? "noInputs" : "noOutputs"]);
  bringIntoSight(view, to);
  focusThing(view, to);
  choose(view, to.id);
}

// One thing of the drawing is in the tab order: the one that was last there.
export function focusThing(view, thing) {
  if (!thing) return;
  makeCurrent(view, thing);
  thing.element.focus({ preventScroll: true });
  bringIntoSight(view, thing);
}

export function makeCurrent(view, thing) {
  view.current?.element.setAttribute("tabindex", "-1");
  thing.element.setAttribute("tabindex", "0");
  view.current = thing;
}

function onFocus(view, event) {
  const thing = thingOf(view, event.target);
  if (!thing) return;
  makeCurrent(view, thing);
  if (thing.element.matches(":focus-visible")) showFocusTip(view, thing);
}

export function thingOf(view, target) {
  const group = target.closest?.("g.node, g.cluster");
  if (!group) return null;
  return view.things.get(view.titles.get(group) ?? group.id.slice(2)) ?? null;
}
