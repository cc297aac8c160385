// A code walk as a whole: its parts, what each shows of a step, and who hears what of whom.

import { element } from "../../browser/element.js";
import { listenToChosen } from "../../browser/page_events.js";
import { announce, makeLive } from "../../browser/words.js";
import { AskedPanel } from "./panels/asked.js";
import { Calls } from "./panels/calls.js";
import { Listing } from "./panels/listing.js";
import { OtherPanel } from "./panels/other.js";
import { Outline } from "./panels/outline.js";
import { OwnPanel } from "./panels/own.js";
import { Sight } from "./panels/sight.js";
import { spokenStep } from "./panels/spoken.js";
import { Breakpoints } from "./playing/breakpoints.js";
import { Player } from "./playing/player.js";
import { Question } from "./playing/question.js";
import { Steps } from "./playing/steps.js";
import { MapsTeller, tellGraph } from "./telling/beside.js";
import { WalkLoader } from "./telling/load.js";
import { Rest } from "./telling/rest.js";
import { PythonsWord } from "./telling/word.js";
import { listenToKeys, makeKeysHelp } from "./transport/keys.js";
import { Transport } from "./transport/transport.js";

/** @import { RestMessage, WalkMarkData, WalkViewData } from "../../payloads.d.ts" */
/** @import { ChosenNode } from "../../browser/page_events.js" */
/** @import { Turns } from "../../browser/turns.js" */
/** @import { Position } from "./playing/position.js" */

export class WalkScreen {
  live = makeLive();
  #root;
  #data;
  #on;
  #trouble;
  #side = element("div", "side");
  #lists;
  // What it is in, and where
  #breakpoints = new Breakpoints();
  #question = new Question();
  #steps = new Steps(this.#breakpoints);
  #player;
  // What shows it
  #sight = new Sight();
  #transport;
  #listing;
  #own;
  #other;
  #asked;
  #outline;
  #calls;
  // Who hears of it
  #rest;
  #maps;
  #word;

  /**
   * @param {HTMLElement} root
   * @param {WalkViewData} data
   * @param {{ turns: Turns, send: (message: RestMessage) => void }} python - how it hears of what is done here
   * @param {AbortSignal} on
   */
  constructor(root, data, { turns, send }, on) {
    this.#root = root;
    this.#data = data;
    this.#on = on;
    const { words } = data;
    const [steps, question, sight, breakpoints] = [this.#steps, this.#question, this.#sight, this.#breakpoints];
    this.#player = new Player(steps, breakpoints, on);
    this.#transport = new Transport(words, { steps, player: this.#player, breakpoints }, on);
    this.#listing = new Listing(words, { breakpoints, question, sight }, on);
    this.#own = new OwnPanel(words, { steps, question, sight }, on);
    this.#other = new OtherPanel(words, { question, sight }, on);
    this.#asked = new AskedPanel(words, { steps, question }, on);
    this.#outline = new Outline(words, steps, on);
    this.#calls = new Calls(words, steps, on);
    this.#rest = new Rest(turns, send, on);
    this.#maps = new MapsTeller(on);
    const loader = new WalkLoader(data.route, data.language, on);
    this.#word = new PythonsWord({ turns, rest: this.#rest, steps, loader }, on);
    this.#trouble = element("p", "trouble", words.trouble);
    this.#trouble.hidden = true;
    this.#lists = [this.#outline.part, this.#calls.part, makeKeysHelp(words)];
    this.#layOut();
    this.#listen();
  }

  get language() {
    return this.#data.language;
  }

  /** @param {WalkMarkData} mark */
  takeMark(mark) {
    return this.#word.take(mark);
  }

  /**
   * What is told of the step, and the long lists, may stand elsewhere on the page, below the drawing.
   *
   * @param {string} part
   * @param {HTMLElement} place
   */
  takePlace(part, place) {
    const parts = part === "side" ? [this.#side] : this.#lists;
    if (parts[0].parentNode === place) return;
    place.replaceChildren(...parts);
    this.#paint(place);
    listenToKeys(place, this.#steps, this.#player, this.#on);
    // What is moved on a page is scrolled back to its top.
    if (this.#steps.position) this.#outline.mark(this.#steps.position, true);
  }

  /** Is something still to come that was begun? */
  isBusy() {
    return this.#isLoading || this.#rest.isComing || this.#outline.isComing;
  }

  get #isLoading() {
    return this.#root.getAttribute("aria-busy") === "true";
  }

  set #isLoading(isLoading) {
    this.#root.setAttribute("aria-busy", String(isLoading));
  }

  #layOut() {
    const main = element("div", "main");
    this.#side.append(this.#asked.part, this.#own.root);
    main.append(this.#listing.part, this.#side, this.#other.root);
    this.#root.replaceChildren(this.#transport.bar, this.#trouble, main, ...this.#lists, this.live);
    this.#paint(this.#root);
    this.#isLoading = true;
  }

  /**
   * The colours of the drawing.
   *
   * @param {HTMLElement} root
   */
  #paint({ style }) {
    for (const [theme, paints] of Object.entries(this.#data.paints)) {
      for (const [name, [fill, line]] of Object.entries(paints)) {
        style.setProperty(`--${name}-${theme}`, fill);
        style.setProperty(`--${name}-${theme}-line`, line);
      }
    }
  }

  #listen() {
    const { words } = this.#data;
    this.#steps.entered.listen((position, isChosen) => this.#enter(position, isChosen));
    this.#steps.refolded.listen((position) => this.#showAll(position, true));
    this.#steps.moved.listen((position) => this.#move(position));
    this.#steps.looked.listen((position) => this.#look(position));
    this.#steps.foundNoStop.listen(() => announce(this, words.noStop));
    this.#player.switched.listen(() => this.#switch());
    this.#breakpoints.changed.listen(() => this.#markBreakpoints());
    this.#question.changed.listen(() => this.#asked.show());
    this.#word.loading.listen((isLoading) => {
      this.#isLoading = isLoading;
    });
    this.#word.loaded.listen((isWhole) => {
      this.#trouble.hidden = isWhole;
    });
    this.#word.changedNet.listen(({ calls }) => {
      this.#question.close();
      this.#calls.show(calls);
    });
    this.#word.changedOther.listen((walks) => {
      this.#other.take(walks);
      if (this.#steps.position) this.#showStep(this.#steps.position, false);
    });
    listenToKeys(this.#root, this.#steps, this.#player, this.#on);
    listenToChosen((node) => this.#ask(node), this.#on);
  }

  /**
   * @param {Position} position
   * @param {boolean} isChosen
   */
  #enter(position, isChosen) {
    this.#root.dataset.kind = position.walk.kind;
    this.#outline.close();
    this.#maps.forget();
    this.#showAll(position, isChosen);
  }

  /**
   * The path, and what shows it, is another one.
   *
   * @param {Position} position
   * @param {boolean} isToBeTold
   */
  #showAll(position, isToBeTold) {
    this.#transport.showPath(position);
    this.#outline.show(position);
    this.#showStep(position, true);
    this.#asked.show();
    if (isToBeTold) this.#tell(position);
  }

  /** @param {Position} position */
  #move(position) {
    this.#showStep(position, true);
    this.#tell(position);
  }

  /**
   * @param {Position} position
   * @param {boolean} isMoved
   */
  #showStep(position, isMoved) {
    const { walk, step } = position;
    this.#transport.show(position);
    this.#listing.show(position, isMoved);
    this.#own.show(position, this.#other.isThere);
    this.#root.classList.toggle("comparing", this.#other.isThere);
    this.#other.show(position);
    tellGraph(this.#data.graph, position);
    this.#sight.now();
    this.#outline.mark(position, isMoved);
    this.#maps.tell(position);
    if (isMoved) announce(this, spokenStep(this.#data.words, walk, step));
  }

  /** @param {Position} position */
  #look(position) {
    this.#listing.show(position, true);
    this.#own.show(position, this.#other.isThere);
    this.#sight.now();
  }

  #switch() {
    const { position } = this.#steps;
    if (!position) return;
    this.#transport.show(position);
    if (!this.#player.isPlaying) this.#tell(position);
  }

  #markBreakpoints() {
    this.#listing.markBreakpoints();
    if (this.#steps.position) this.#transport.show(this.#steps.position);
  }

  /** @param {Position} position */
  #tell(position) {
    if (this.#player.isPlaying) this.#rest.drop();
    else this.#rest.tell(position);
  }

  /**
   * A node chosen in the drawing.
   *
   * @param {ChosenNode} node
   */
  #ask({ id, from }) {
    if (from === "walk" || !this.#steps.position) return;
    if (id) this.#question.ask({ node: id });
    else if (this.#question.isOfNode) this.#question.close();
  }
}
