// How far a net has come along its code walk: what is made (or has run), what is being made, and what is not there yet.

const FOLLOW_MS = 150;

function takeGrowth(view) {
  if (!view.svg) return;
  showGrowth(view);
  followGrowth(view);
}

// Where the step is, the drawing goes, once nobody hurries on.
function followGrowth(view) {
  const growth = graphRegistry().growths.get(view.name);
  clearTimeout(view.followTimer);
  if (!growth) return;
  const thing = growth.ids.map((id) => growingThing(view, id)).find((found) => found && !found.isFrame);
  const follow = () => view.isClosed || !view.things.has(thing.id) || isInSight(view, thing) || bringIntoSight(view, thing, true);
  if (thing) view.followTimer = setTimeout(follow, FOLLOW_MS);
}

// Also of a drawing that takes another's place.
function showGrowth(view) {
  const growth = graphRegistry().growths.get(view.name) ?? null;
  view.svg.classList.toggle("growing", growth !== null);
  if (!growth) return;
  const making = new Set(growth.ids.map((id) => growingThing(view, id)).filter(Boolean));
  for (const thing of view.things.values()) {
    const state = growthState(growth, thing.id);
    const isMaking = making.has(thing) || growth.at[thing.id]?.[1] === growth.step;
    const { classList } = thing.element;
    classList.toggle("not-yet", state.share === 0);
    classList.toggle("partly", state.share > 0 && state.share < 1);
    classList.toggle("making", isMaking && !thing.isFrame);
    tellRun(view, thing, state);
    thing.isThere = state.share > 0;
  }
  for (const { src, dst, element: wire } of view.wires) {
    wire.classList.toggle("not-yet", !(view.things.get(src).isThere && view.things.get(dst).isThere));
  }
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
    const [moveX, moveY] = numbersIn(/translate\(([^)]*)\)/.exec(view.svg.querySelector("g")?.getAttribute("transform"))?.[1]);
    thing.grown = svgElement("text", {
      class: "grown", x: x + width / 2 - (moveX ?? 0), y: y - (moveY ?? 0) - 6, "text-anchor": "middle",
    });
    thing.element.append(thing.grown);
  }
  thing.grown.textContent = share < 1 ? sentence(view.data.words.found, { n: done, total }) : "";
}
