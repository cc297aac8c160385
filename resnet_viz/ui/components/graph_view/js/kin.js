// Who lies in whom: ids, what is around them, and what of it is drawn. A run `layer3.1..35` holds blocks 1 to 35.

import { alongNet } from "./drawing.js";

export function readRun(id) {
  const found = /^(.*)\.(\d+)\.\.(\d+)$/.exec(id);
  return found && { parent: found[1], first: Number(found[2]), last: Number(found[3]) };
}

function isInRun(id, run) {
  const dot = id.lastIndexOf(".");
  const number = id.slice(dot + 1);
  return id.slice(0, dot) === run.parent && /^\d+$/.test(number) && run.first <= +number && +number <= run.last;
}

// The id itself and all that lies around it, the nearest first.
export function chainOf(view, id) {
  const chain = [];
  for (let at = id; at !== null && at !== undefined && !chain.includes(at); at = parentOf(view, at)) chain.push(at);
  return chain;
}

function parentOf(view, id) {
  return view.drawn.facts[id]?.parent ?? readRun(id)?.parent ?? null;
}

export function isWithin(view, id, around) {
  if (id === around) return true;
  const run = readRun(around);
  return chainOf(view, id).some((part) => part === around || (run !== null && isInRun(part, run)));
}

// The box or frame of an id, or the nearest drawn one around it; null where there is none.
export function drawnAround(view, id) {
  if (id === null) return null;
  for (const part of chainOf(view, id)) {
    const thing = view.things.get(part) ?? view.runs.find(({ run }) => isInRun(part, run))?.thing;
    if (thing) return thing;
  }
  return null;
}

// After a change of the drawing: the same thing, or the first of what became of it, or what it went into.
export function counterpart(view, id) {
  if (view.things.has(id)) return view.things.get(id);
  const inside = [...view.things.values()].filter((thing) => isWithin(view, thing.id, id));
  if (!inside.length) return drawnAround(view, id);
  const along = alongNet(view.isStrip);
  return inside.sort((a, b) => b.isFrame - a.isFrame || along(a, b))[0];
}

export function frameAround(view, id) {
  const frames = chainOf(view, id)
    .slice(1)
    .map((part) => view.things.get(part));
  return frames.find((thing) => thing?.isFrame) ?? null;
}

export function boxesIn(view, thing) {
  return thing.isFrame ? view.order.filter((box) => isWithin(view, box.id, thing.id)) : [thing];
}

export function networkId(view) {
  return Object.keys(view.drawn.facts).find((id) => view.drawn.facts[id].kind === "network") ?? null;
}

export function findRuns(things) {
  const runs = [...things.values()].map((thing) => ({ thing, run: readRun(thing.id) }));
  return runs.filter(({ run }) => run !== null);
}
