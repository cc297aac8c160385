// What others hear of a step: the drawing and the maps at once, in the browser; Python when somebody rests on it.

import { pageRegistry } from "../../browser/registry.js";

const REST_MS = 450;

export function tellGraph(view) {
  const { walk, step } = view;
  const { growths, views } = pageRegistry();
  const growth = { kind: walk.kind, at: walk.growth, step, ids: walk.steps.node_ids[step] };
  growths.set(view.data.graph, growth);
  views.get(view.data.graph)?.takeGrowth();
}

// The op of a step, or the last one that ran before it.
function opOf(walk, step) {
  for (let at = step; at >= 0; at--) {
    const ids = walk.steps.node_ids[at];
    if (ids.length) return ids.at(-1);
  }
  return null;
}

// The panel of maps listens to what is chosen.
export function tellMaps(view) {
  if (view.walk.kind !== "forward") return;
  const id = opOf(view.walk, view.step);
  if (id === null || id === view.mapped) return;
  view.mapped = id;
  clearTimeout(view.mapsTimer);
  view.mapsTimer = setTimeout(
    () => document.dispatchEvent(new CustomEvent("resnet-viz:chosen", { detail: { id, from: "walk" } })),
    MAPS_MS,
  );
}

const MAPS_MS = 120;

export function tellSoon(view) {
  clearTimeout(view.rest);
  view.rest = null;
  if (view.playing) return;
  if (view.told?.kind === view.walk.kind && view.told.step === view.step) return;
  view.rest = setTimeout(() => {
    view.rest = null;
    view.told = { kind: view.walk.kind, step: view.step };
    view.turn += 1;
    view.trigger("rested", { net: view.net, kind: view.walk.kind, step: view.step, turn: view.turn });
  }, REST_MS);
}
