// How far a net has come along its code walk: what is made (or has run), what is being made, and what is not there yet.

import { svgElement } from "../../browser/element.js";
import { pageRegistry } from "../../browser/registry.js";
import { sentence } from "../../browser/words.js";
import { bringIntoSight, EDGE, isInSight, toDrawing } from "./camera.js";
import { numbersIn } from "./drawing.js";
import { drawnAround, readRun } from "./kin.js";

const FOLLOW_MS = 150;

// First what is in sight, so that a slider is followed at once however long the drawing is; the rest by followGrowth.
export function takeGrowth(view) {
  if (!view.svg) return;
  showGrowth(view, sightOf(view));
  followGrowth(view);
}

// Once nobody hurries on, all of it, and where the step is, the drawing goes.
export function followGrowth(view) {
  clearTimeout(view.followTimer);
  view.followTimer = setTimeout(() => {
    if (view.isClosed || !view.svg) return;
    showGrowth(view);
    const growth = pageRegistry().growths.get(view.name);
    const thing = growth?.ids.map((id) => growingThing(view, id)).find((found) => found && !found.isFrame);
    if (thing && !isInSight(view, thing)) bringIntoSight(view, thing, true);
  }, FOLLOW_MS);
}

// Also of a drawing that takes another's place. With a `sight`, only of what is in it.
export function showGrowth(view, sight = null) {
  const growth = pageRegistry().growths.get(view.name) ?? null;
  view.svg.classList.toggle("growing", growth !== null);
  if (!growth) return;
  const making = new Set(growth.ids.map((id) => growingThing(view, id)).filter(Boolean));
  for (const thing of view.things.values()) {
    const state = growthState(growth, thing.id);
    thing.isThere = state.share > 0;
    if (sight && !overlaps(sight, thing.box)) continue;
    const isMaking = making.has(thing) || growth.at[thing.id]?.[1] === growth.step;
    const { classList } = thing.element;
    classList.toggle("not-yet", state.share === 0);
    classList.toggle("partly", state.share > 0 && state.share < 1);
    classList.toggle("making", isMaking && !thing.isFrame);
    tellRun(view, thing, state);
  }
  for (const { src, dst, box, element: wire } of view.wires) {
    if (sight && !overlaps(sight, box)) continue;
    wire.classList.toggle("not-yet", !(view.things.get(src).isThere && view.things.get(dst).isThere));
  }
}

// The part of the drawing that is in sight, and a little around it for what is written beside the boxes.
function sightOf(view) {
  const { clientWidth, clientHeight } = view.pane;
  const from = toDrawing(view, { x: -EDGE, y: -EDGE });
  const to = toDrawing(view, { x: clientWidth + EDGE, y: clientHeight + EDGE });
  return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
}

function overlaps(one, other) {
  const along = (from, length, otherFrom, otherLength) => from < otherFrom + otherLength && otherFrom < from + length;
  return along(one.x, one.width, other.x, other.width) && along(one.y, one.height, other.y, other.height);
}

// What is drawn of an id: a module that no box stands for is looked for in what is around it.
function growingThing(view, id) {
  for (let at = id; at; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const thing = drawnAround(view, at);
    if (thing) return thing;
  }
  return null;
}

// Of a run so many of all blocks; of anything else nothing, a half or all. What no step makes is always there.
function growthState({ at, step }, id) {
  const run = readRun(id);
  if (run && !(id in at)) {
    const blocks = [];
    for (let n = run.first; n <= run.last; n++) blocks.push(at[`${run.parent}.${n}`]);
    const done = blocks.filter((block) => block && block[1] <= step).length;
    const begun = blocks.some((block) => block && block[0] <= step);
    const share = done === blocks.length ? 1 : begun ? Math.max(done, 0.5) / blocks.length : 0;
    return { share, done, total: blocks.length };
  }
  const own = at[id];
  if (!own) return { share: 1 };
  return { share: own[1] <= step ? 1 : own[0] <= step ? 0.5 : 0 };
}

// A run says how many of its blocks are there.
function tellRun(view, thing, { done, total, share }) {
  if (total === undefined) return;
  if (!thing.grown) {
    const { x, y, width } = thing.box;
    const [moveX, moveY] = numbersIn(
      /translate\(([^)]*)\)/.exec(view.svg.querySelector("g")?.getAttribute("transform"))?.[1],
    );
    thing.grown = svgElement("text", {
      class: "grown",
      x: x + width / 2 - (moveX ?? 0),
      y: y - (moveY ?? 0) - 6,
      "text-anchor": "middle",
    });
    thing.element.append(thing.grown);
  }
  thing.grown.textContent = share < 1 ? sentence(view.data.words.found, { n: done, total }) : "";
}
