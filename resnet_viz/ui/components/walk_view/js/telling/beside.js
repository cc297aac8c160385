// What others on the page hear of a step: the drawing at once, the maps of a forward pass soon.

import { atEnd } from "../../../browser/life.js";
import { tellChosen } from "../../../browser/page_events.js";
import { pageRegistry } from "../../../browser/registry.js";

/** @import { Position } from "../playing/position.js" */

const MAPS_MS = 120;

/**
 * @param {string} graph - the drawing that grows along
 * @param {Position} position
 */
export function tellGraph(graph, { walk, step }) {
  const { growths, views } = pageRegistry();
  growths.set(graph, { kind: walk.kind, at: walk.growth, step, ids: walk.steps.node_ids[step] });
  views.get(graph)?.takeGrowth();
}

// The panel of maps listens to what is chosen.
export class MapsTeller {
  /** @type {string | null} */
  #told = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {AbortSignal} on */
  constructor(on) {
    atEnd(on, () => clearTimeout(this.#timer));
  }

  /** Another walk. */
  forget() {
    this.#told = null;
  }

  /** @param {Position} position */
  tell({ walk, step }) {
    if (walk.kind !== "forward") return;
    const id = walk.opAt(step);
    if (id === null || id === this.#told) return;
    this.#told = id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => tellChosen({ id, from: "walk" }), MAPS_MS);
  }
}
