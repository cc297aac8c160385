// Going from step to step. It knows of nobody who shows or tells where it is: they listen.

import { Signal } from "../../../browser/events.js";
import { clamp } from "../../../browser/numbers.js";
import { Position } from "./position.js";

/** @import { FoldRow } from "../../../payloads.d.ts" */
/** @import { NetWalks } from "../record/net.js" */
/** @import { WalkKind } from "../record/walk.js" */
/** @import { Breakpoints } from "./breakpoints.js" */

export class Steps {
  /**
   * Somebody goes on by hand: what plays stops.
   *
   * @type {Signal<[]>}
   */
  byHand = new Signal();
  /**
   * One of the net's walks is shown from now on; was it chosen here?
   *
   * @type {Signal<[position: Position, isChosen: boolean]>}
   */
  entered = new Signal();
  /**
   * Folds were opened or closed: the path is another one.
   *
   * @type {Signal<[Position]>}
   */
  refolded = new Signal();
  /**
   * Another step.
   *
   * @type {Signal<[Position]>}
   */
  moved = new Signal();
  /**
   * Another frame of the call stack of the same step.
   *
   * @type {Signal<[Position]>}
   */
  looked = new Signal();
  /**
   * No marked line runs after this one.
   *
   * @type {Signal<[]>}
   */
  foundNoStop = new Signal();
  #breakpoints;
  /** @type {Record<WalkKind, Position> | null} */
  #positions = null;
  /** @type {Position | null} */
  #position = null;

  /** @param {Breakpoints} breakpoints */
  constructor(breakpoints) {
    this.#breakpoints = breakpoints;
  }

  /** Null until a walk is there. */
  get position() {
    return this.#position;
  }

  // The walks

  /**
   * Another net; which of its walks is shown, `enter` says.
   *
   * @param {NetWalks} walks
   */
  take(walks) {
    this.#positions = { build: new Position(walks.build), forward: new Position(walks.forward) };
    this.#position = null;
  }

  /**
   * One of the two walks at a step.
   *
   * @param {WalkKind} kind
   * @param {number} at
   */
  enter(kind, at) {
    this.#enter(kind, at, false);
  }

  /**
   * One of the two walks, from where it was left or from a step.
   *
   * @param {WalkKind} kind
   * @param {number} [at]
   */
  chooseKind(kind, at) {
    if (!this.#position || this.#position.walk.kind === kind) return;
    this.byHand.tell();
    this.#enter(kind, at ?? this.#positions?.[kind].step ?? 0, true);
  }

  /**
   * @param {WalkKind} kind
   * @param {number} at
   * @param {boolean} isChosen
   */
  #enter(kind, at, isChosen) {
    if (!this.#positions) return;
    this.#position = this.#positions[kind];
    this.#position.enter(at);
    this.entered.tell(this.#position, isChosen);
  }

  // The steps

  /**
   * Anywhere in the walk: what would be passed over opens.
   *
   * @param {number} at
   */
  go(at) {
    this.byHand.tell();
    if (this.#position?.openTo(at)) this.refolded.tell(this.#position);
    else this.#moveTo(at);
  }

  /**
   * A step of one of the two walks.
   *
   * @param {WalkKind} kind
   * @param {number} at
   */
  jump(kind, at) {
    if (this.#position?.walk.kind === kind) this.go(at);
    else this.chooseKind(kind, at);
  }

  /**
   * A place on the path.
   *
   * @param {number} place
   */
  slideTo(place) {
    this.byHand.tell();
    const { steps } = this.#position?.path ?? { steps: [] };
    if (steps.length) this.#moveTo(steps[clamp(place, 0, steps.length - 1)]);
  }

  first() {
    this.go(0);
  }

  last() {
    if (this.#position) this.go(this.#position.path.last);
  }

  /** A step as the player goes on: not by hand. */
  playOn() {
    const position = this.#position;
    const next = position?.path.after(position.step) ?? null;
    if (next !== null) this.#moveTo(next);
    return next;
  }

  stepOn() {
    this.#moveOn((position) => position.path.after(position.step));
  }

  stepBack() {
    this.#moveOn((position) => position.path.before(position.step));
  }

  /** A step further on in the same function, or wherever that returns to. */
  stepOver() {
    this.#moveOn(({ walk, step }) => walk.overOf(step));
  }

  stepOut() {
    this.#moveOn(({ walk, step }) => walk.outOf(step));
  }

  nextStage() {
    this.#moveOn(({ walk, step }) => walk.marks.find(([at]) => at > step)?.[0] ?? null);
  }

  /** To the next line that is marked, at once. */
  runOn() {
    const position = this.#position;
    if (!position) return;
    const { walk, path, place } = position;
    const stop = path.steps.slice(place + 1).find((at) => this.#breakpoints.isStop(walk, at));
    if (stop === undefined) this.foundNoStop.tell();
    else this.#moveOn(() => stop);
  }

  /**
   * A target that is passed over: the next one that is walked.
   *
   * @param {(position: Position) => number | null} find
   */
  #moveOn(find) {
    const target = this.#position && find(this.#position);
    if (!this.#position || target === null) return;
    this.byHand.tell();
    this.#moveTo(this.#position.path.onwards(target));
  }

  /** @param {number} at */
  #moveTo(at) {
    if (this.#position?.moveTo(at)) this.moved.tell(this.#position);
  }

  // What is seen of a step

  /**
   * A frame further out: its line and its variables; the step stays where it is.
   *
   * @param {number} step
   */
  look(step) {
    if (!this.#position) return;
    this.#position.look(step);
    this.looked.tell(this.#position);
  }

  /** @param {FoldRow} fold */
  toggleFold(fold) {
    if (!this.#position) return;
    this.#position.toggleFold(fold);
    this.refolded.tell(this.#position);
  }
}
