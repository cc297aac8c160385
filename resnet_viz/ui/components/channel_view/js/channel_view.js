// Puts the channels' parts together: tiles, the one that is shown large, what a cell sees, and who asks for them.

import { element } from "../../browser/element.js";
import { endView, observeSize, rootOf, viewOf } from "../../browser/life.js";
import { listenToChosen } from "../../browser/page_events.js";
import { announce, makeLive, sentence } from "../../browser/words.js";
import { Asking } from "./ask.js";
import { Choice } from "./choice.js";
import { FieldFigure } from "./field.js";
import { listenToCellKeys, listenToEscape, listenToTileKeys } from "./keys.js";
import { Large } from "./large.js";
import { fetchPage } from "./page/fetch.js";
import { emptyPage } from "./page/unpack.js";
import { listenToClicks, listenToPointer, Pointing } from "./point.js";
import { ScaleKey } from "./scale_key.js";
import { Sheet } from "./sheet.js";
import { Tiles } from "./tiles.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { ChannelData } from "../../payloads.d.ts" */
/** @import { ChannelMessage } from "./choice.js" */
/** @import { Page } from "./page/unpack.js" */

/** @typedef {FrontendRendererArgs<{ selected: ChannelMessage }, ChannelData | null>} Given */

/** @param {Given} given */
export default function ({ data, parentElement, setStateValue }) {
  const root = rootOf(parentElement, "channel-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new ChannelView(root, data, on));
  view.send = setStateValue;
  view.take(data);
  return () => endView(root);
}

class ChannelView {
  /** @type {Given["setStateValue"]} */
  send = () => {};
  #root;
  #data;
  #choice;
  /** @type {Asking<Page>} */
  #asking;
  #sheet;
  #tiles;
  #large;
  #field;
  #key;
  #pointing;
  #heading = element("h2");
  #trouble = element("p", "trouble");
  #meaning = element("span", "meaning");
  #hint = element("span", "hint");
  #facts = element("p", "facts");
  #live = makeLive();
  #width = 0;

  /**
   * @param {HTMLElement} root
   * @param {ChannelData} data
   * @param {AbortSignal} on
   */
  constructor(root, data, on) {
    this.#root = root;
    this.#data = data;
    const page = emptyPage(data.words);
    this.#sheet = new Sheet(page);
    this.#choice = new Choice(data.chosen, (message) => this.send("selected", message));
    this.#asking = new Asking((address, signal) => fetchPage(this.#data, address, signal), on);
    this.#tiles = new Tiles(this.#sheet);
    this.#large = new Large(root, page, () => this.#choice.choose(null), on);
    this.#field = new FieldFigure(page, on);
    this.#key = new ScaleKey(page);
    this.#pointing = new Pointing(page, this.#field, this.#key);
    this.#build();
    this.#listen(on);
  }

  #build() {
    this.#trouble.hidden = true;
    const side = element("div", "side");
    side.append(this.#field.element, this.#large.element);
    const about = element("p", "about");
    about.append(this.#meaning, " ", this.#hint);
    this.#root.classList.add("empty");
    this.#root.replaceChildren(
      this.#heading,
      this.#trouble,
      about,
      this.#key.element,
      this.#tiles.pane,
      side,
      this.#facts,
      this.#pointing.tip,
      this.#live,
    );
  }

  /** @param {AbortSignal} on */
  #listen(on) {
    const choose = (/** @type {number} */ place) => this.#choice.choose(this.#sheet.page.channels[place]);
    listenToPointer(this.#pointing, this.#tiles, this.#large, on);
    listenToClicks(this.#tiles, this.#large, choose, on);
    listenToTileKeys(this.#tiles, this.#choice, choose, on);
    listenToCellKeys(this.#large, this.#pointing, (words) => announce({ live: this.#live }, words), on);
    listenToEscape(this.#large, this.#tiles, this.#choice, on);
    listenToChosen(({ id }) => this.#asking.askAhead(id), on);
    observeSize(this.#root, () => this.#resize(), on);
    this.#choice.changed.listen(() => {
      this.#tiles.mark(this.#choice.chosen);
      this.#paint();
    });
    this.#choice.made.listen((channel) => this.#tellChoice(channel));
    this.#asking.busy.listen((isBusy) => this.#root.setAttribute("aria-busy", String(isBusy)));
    this.#asking.came.listen((page) => this.#show(page));
    this.#asking.troubled.listen((why) => this.#showTrouble(why === null ? "" : why || this.#data.words.trouble));
  }

  /** @param {ChannelData} data */
  take(data) {
    this.#data = data;
    this.#choice.take(data);
    this.#asking.take(data.address);
  }

  /**
   * Another page of channels: what was chosen stays chosen where it is there again.
   *
   * @param {Page} page
   */
  #show(page) {
    this.#sheet = new Sheet(page);
    this.#root.classList.remove("empty");
    const [before, after] = page.words.title.split("{node}");
    this.#heading.replaceChildren(before, element("code", "", page.name), after);
    this.#facts.textContent = page.facts;
    this.#meaning.textContent = page.meaning;
    this.#hint.textContent = page.count ? page.words.hint : page.words.nothing;
    this.#tiles.show(this.#sheet, this.#choice.chosen);
    this.#pointing.take(page);
    this.#field.load(page);
    this.#paint();
  }

  /** What is large decides how much room there is for the tiles. */
  #paint() {
    this.#large.show(this.#sheet, this.#choice.chosen);
    this.#tiles.paint(this.#choice.chosen);
  }

  #resize() {
    const { clientWidth: width } = this.#root;
    if (width === this.#width || width === 0) return;
    this.#width = width;
    this.#paint();
  }

  /** @param {number | null} channel */
  #tellChoice(channel) {
    const { words } = this.#sheet.page;
    announce({ live: this.#live }, channel === null ? words.closed : sentence(words.selected, { n: channel }));
    if (channel !== null) this.#large.pane.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} words */
  #showTrouble(words) {
    this.#trouble.textContent = words;
    this.#trouble.hidden = !words;
    if (words) announce({ live: this.#live }, words);
  }
}
