// A drawing with all that is known of it. It never changes: another drawing is another picture.

import { isNear } from "./boxes.js";
import { chainOf, factsIn, isInRun, isWithin, readRun } from "./kin.js";
import { alongNet } from "./order.js";

/** @import { DrawingPayload } from "../../../payloads.d.ts" */
/** @import { Point } from "./boxes.js" */
/** @import { Index, Thing } from "./drawing.js" */
/** @import { Facts, Run } from "./kin.js" */

export class Picture {
  /** @type {Map<string, number>} */
  #opCounts = new Map();
  /** @type {{ thing: Thing, run: Run }[]} */
  #runs;

  /**
   * @param {DrawingPayload} payload
   * @param {SVGSVGElement} svg
   * @param {Index} index
   */
  constructor({ address, net, title, levels, facts }, svg, index) {
    this.address = address;
    this.net = net;
    this.title = title;
    /** Where each level of the whole net is to be had, and how many boxes it has. */
    this.levels = levels;
    /** @type {Facts} */
    this.facts = facts;
    this.svg = svg;
    this.size = index.size;
    this.isStrip = index.isStrip;
    this.move = index.move;
    this.things = index.things;
    this.wires = index.wires;
    this.titles = index.titles;
    this.order = index.order;
    this.pieces = index.pieces;
    /** The id of the whole net. */
    this.network = Object.keys(facts).find((id) => facts[id].kind === "network") ?? null;
    this.#runs = [...index.things.values()].flatMap((thing) => {
      const run = readRun(thing.id);
      return run ? [{ thing, run }] : [];
    });
  }

  /** @param {string} id */
  factsOf(id) {
    return factsIn(this.facts, id);
  }

  /**
   * The id itself and all that lies around it, the nearest first.
   *
   * @param {string} id
   */
  chainOf(id) {
    return chainOf(this.facts, id);
  }

  /**
   * The box or frame of an id, or the nearest drawn one around it; null where there is none.
   *
   * @param {string | null} id
   */
  drawnAround(id) {
    if (id === null) return null;
    for (const part of this.chainOf(id)) {
      const thing = this.things.get(part) ?? this.#runs.find(({ run }) => isInRun(part, run))?.thing;
      if (thing) return thing;
    }
    return null;
  }

  /**
   * The boxes of a shortcut that is open: it has no frame of its own. Of anything else none.
   *
   * @param {string | null} id
   */
  drawnIn(id) {
    if (id === null || this.things.has(id) || this.factsOf(id)?.kind !== "shortcut") return [];
    return [...this.things.values()].filter((thing) => this.chainOf(thing.id).includes(id));
  }

  /**
   * What stands here for what stood in another drawing: the same thing, or the first of what became of it, or what it
   * went into.
   *
   * @param {string} id
   */
  counterpart(id) {
    const same = this.things.get(id);
    if (same) return same;
    const inside = [...this.things.values()].filter((thing) => isWithin(this.facts, thing.id, id));
    if (!inside.length) return this.drawnAround(id);
    const along = alongNet(this.isStrip);
    return inside.sort((a, b) => Number(b.isFrame) - Number(a.isFrame) || along(a, b))[0];
  }

  /**
   * The frame around an id.
   *
   * @param {string} id
   */
  frameAround(id) {
    const frames = this.chainOf(id)
      .slice(1)
      .map((part) => this.things.get(part));
    return frames.find((thing) => thing?.isFrame) ?? null;
  }

  /**
   * The boxes in a frame, along the net; of a box, itself.
   *
   * @param {Thing} thing
   */
  boxesIn(thing) {
    return thing.isFrame ? this.order.filter((box) => isWithin(this.facts, box.id, thing.id)) : [thing];
  }

  /**
   * A frame has no fill that could be hit: the smallest one around a point.
   *
   * @param {Point} point
   */
  frameAt(point) {
    const frames = [...[...this.things.values()].filter(({ isFrame }) => isFrame), ...this.pieces];
    const around = frames.filter(({ box }) => isNear(box, point));
    const [nearest] = around.sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height);
    return nearest ? (this.things.get(nearest.id) ?? null) : null;
  }

  /**
   * The box or frame that an element belongs to, also by its title.
   *
   * @param {Element | null} target
   */
  thingOf(target) {
    const group = target?.closest("g.node, g.cluster");
    if (!group) return null;
    return this.things.get(this.titles.get(group) ?? group.id.slice(2)) ?? null;
  }

  /**
   * The name of a node. A net of several, and all of them, have names of their own; a net alone has none.
   *
   * @param {string} id
   * @param {string} netName
   */
  nameOf(id, netName) {
    const facts = this.factsOf(id);
    return facts?.name ?? (facts?.kind === "network" ? netName : id);
  }

  /**
   * How many boxes a part would be as ops: said before somebody asks for them.
   *
   * @param {string} id
   */
  countOps(id) {
    let count = this.#opCounts.get(id);
    if (count === undefined) {
      const ops = Object.entries(this.facts).filter(([, facts]) => facts?.kind === "op" || facts?.kind === "input");
      count = ops.filter(([part]) => isWithin(this.facts, part, id)).length;
      this.#opCounts.set(id, count);
    }
    return count;
  }
}
