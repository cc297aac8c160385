// Python's word: which net's walk is to be shown, at which step, and which net stands beside it. It counts unless it
// answers something older than what was done here since.

import { Signal } from "../../../browser/events.js";
import { kindOf } from "../record/net.js";

/** @import { WalkMarkData } from "../../../payloads.d.ts" */
/** @import { Turns } from "../../../browser/turns.js" */
/** @import { Steps } from "../playing/steps.js" */
/** @import { NetWalks } from "../record/net.js" */
/** @import { Rest } from "./rest.js" */

/** @typedef {{ load: (net: string) => Promise<NetWalks | null> }} Loads */

export class PythonsWord {
  /**
   * Walks are asked for, or are there.
   *
   * @type {Signal<[isLoading: boolean]>}
   */
  loading = new Signal();
  /**
   * Are all walks there that the word names?
   *
   * @type {Signal<[isWhole: boolean]>}
   */
  loaded = new Signal();
  /**
   * Another net is walked through.
   *
   * @type {Signal<[NetWalks]>}
   */
  changedNet = new Signal();
  /**
   * Another net stands beside, or none.
   *
   * @type {Signal<[NetWalks | null]>}
   */
  changedOther = new Signal();
  #turns;
  #rest;
  #steps;
  #loader;
  #on;
  /** @type {WalkMarkData | null} */
  #said = null;
  /** @type {string | null} */
  #net = null;
  /** @type {string | null} */
  #other = null;

  /**
   * @param {{ turns: Turns, rest: Rest, steps: Steps, loader: Loads }} parts
   * @param {AbortSignal} on
   */
  constructor({ turns, rest, steps, loader }, on) {
    this.#turns = turns;
    this.#rest = rest;
    this.#steps = steps;
    this.#loader = loader;
    this.#on = on;
  }

  /** @param {WalkMarkData} mark */
  async take(mark) {
    if (!this.#turns.hears(mark)) return;
    const before = this.#said;
    this.#said = mark;
    // Of another net, what was done in the one before is no longer to be told.
    const isAhead = this.#rest.isComing && mark.net === this.#net;
    const isNews = mark.net !== this.#net || mark.kind !== before?.kind || mark.step !== before.step;
    if (!(await this.#bringWalks(mark))) return;
    if (isAhead || (!isNews && this.#steps.position)) return;
    this.#show(kindOf(mark.kind), mark.step);
  }

  /**
   * @param {"build" | "forward"} kind
   * @param {number} step
   */
  #show(kind, step) {
    const { position } = this.#steps;
    if (position?.walk.kind === kind && position.step === step) return;
    this.#rest.know(kind, step);
    this.#steps.enter(kind, step);
  }

  /**
   * Are the walks there, and is nothing newer said meanwhile?
   *
   * @param {WalkMarkData} mark
   */
  async #bringWalks(mark) {
    if (mark.net !== this.#net || mark.other !== this.#other) {
      this.loading.tell(true);
      const [walks, other] = await Promise.all([this.#load(mark.net), this.#load(mark.other)]);
      if (this.#said !== mark || this.#on.aborted) return false;
      this.loaded.tell(walks !== null && (other !== null || mark.other === null));
      if (walks) this.#change(mark, walks, other);
    } else this.loaded.tell(true);
    this.loading.tell(false);
    return mark.net === this.#net;
  }

  /** @param {string | null} net */
  #load(net) {
    return net === null ? null : this.#loader.load(net);
  }

  /**
   * @param {WalkMarkData} mark
   * @param {NetWalks} walks
   * @param {NetWalks | null} other
   */
  #change(mark, walks, other) {
    if (mark.net !== this.#net) {
      this.#net = mark.net;
      this.#rest.drop();
      this.#steps.take(walks);
      this.changedNet.tell(walks);
    }
    this.#other = other && mark.other;
    this.changedOther.tell(other);
  }
}
