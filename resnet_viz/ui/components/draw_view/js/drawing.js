// What is drawn, and what was before each stroke. Python hears of it when a stroke is done or after several keys in a row,
// and has the last word; but a server that was started anew knows of no drawing, and is told of this one.

import { Signal } from "../../browser/events.js";
import { atEnd } from "../../browser/life.js";
import { Turns } from "../../browser/turns.js";
import { fileOf, levelsOf } from "./file.js";
import { emptyLevels, FULL, fillCell, hasInk, inkAlong, inkOf } from "./ink.js";

/** @import { DrawData } from "../../payloads.d.ts" */
/** @import { Cell, Levels, Shape, Spot } from "./ink.js" */

/**
 * What Python hears: a file, null for an empty pad.
 *
 * @typedef {{ number: number, picture: string | null }} DrawingMessage
 */

/** @typedef {Pick<DrawData, "turn" | "session" | "picture">} DrawingWord */

const SOON_MS = 400;
const MOST_BEFORE = 200;

export class Drawing {
  /** @type {Signal<[]>} */
  changed = new Signal();
  #turns = new Turns();
  /** @type {string | null} */
  #session = null;
  #shape;
  #send;
  #levels;
  /**
   * What undoing brings back, the last one first to go.
   *
   * @type {Levels[]}
   */
  #before = [];
  /**
   * What Python knows.
   *
   * @type {string | null}
   */
  #told = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #release = () => {};

  /**
   * @param {Shape} shape
   * @param {(message: DrawingMessage) => void} send
   * @param {AbortSignal} on
   */
  constructor(shape, send, on) {
    this.#shape = shape;
    this.#send = send;
    this.#levels = emptyLevels(shape);
    atEnd(on, () => clearTimeout(this.#timer));
  }

  get shape() {
    return this.#shape;
  }

  get levels() {
    return this.#levels;
  }

  get isEmpty() {
    return !hasInk(this.#levels);
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  /** Is there something that Python is about to hear? */
  get isWaiting() {
    return this.#timer !== undefined;
  }

  /** @param {Cell} cell */
  inkOf(cell) {
    return inkOf(this.#levels, this.#shape, cell);
  }

  /** @param {DrawingWord} word */
  take(word) {
    const isOfAnother = this.#session !== null && this.#session !== word.session;
    this.#session = word.session;
    if (!this.#turns.counts(word)) return;
    this.#told = word.picture;
    if (isOfAnother) this.tellNow();
    else if (this.#file !== word.picture) this.#show(word.picture);
  }

  /** A stroke begins; until it ends or is given up, nothing is told and no word counts. */
  begin() {
    this.#note();
    this.#hold();
  }

  /**
   * @param {Spot} from
   * @param {Spot} to
   */
  inkAlong(from, to) {
    inkAlong(this.#levels, this.#shape, from, to);
    this.changed.tell();
  }

  giveUp() {
    this.#goBack();
    this.tellNow();
  }

  /**
   * A cell that is more than half ink is erased, any other is inked.
   *
   * @param {Cell} cell
   */
  turnCell(cell) {
    this.#note();
    fillCell(this.#levels, this.#shape, cell, this.inkOf(cell) > 0.5 ? 0 : FULL);
    this.changed.tell();
    this.#tellSoon();
  }

  /** @param {Cell} cell */
  inkCell(cell) {
    if (this.inkOf(cell) < 1) {
      this.#note();
      fillCell(this.#levels, this.#shape, cell, FULL);
      this.changed.tell();
    }
    this.#tellSoon();
  }

  undo() {
    this.#goBack();
    this.#tellSoon();
  }

  /** Can be undone, too. */
  clear() {
    this.#note();
    this.#levels = emptyLevels(this.#shape);
    this.changed.tell();
    this.tellNow();
  }

  tellNow() {
    this.#letGo();
    const picture = this.#file;
    if (picture === this.#told) return;
    this.#told = picture;
    this.#send({ number: this.#turns.next(), picture });
  }

  #tellSoon() {
    this.#hold();
    this.#timer = setTimeout(() => this.tellNow(), SOON_MS);
  }

  #hold() {
    this.#letGo();
    this.#release = this.#turns.hold();
  }

  #letGo() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#release();
  }

  #note() {
    this.#before = [...this.#before, this.#levels.slice()].slice(-MOST_BEFORE);
  }

  #goBack() {
    this.#levels = this.#before.pop() ?? this.#levels;
    this.changed.tell();
  }

  /** @param {string | null} picture */
  #show(picture) {
    this.#levels = picture === null ? emptyLevels(this.#shape) : levelsOf(picture, this.#shape.side);
    this.#before = [];
    this.changed.tell();
  }

  get #file() {
    return this.isEmpty ? null : fileOf(this.#levels, this.#shape.side);
  }
}
