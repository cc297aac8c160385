// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { announce, sentence } from "../../browser/words.js";
import { listenToChoices, takeWord } from "./ask.js";
import { loadThumbnail, makeField } from "./field.js";
import { makeLarge, showLarge } from "./large.js";
import { numberText } from "./numbers.js";
import { layOut, paintTiles } from "./paint.js";
import { listenToPointer } from "./point.js";
import { emptyPage } from "./unpack.js";
import { listenToKeys } from "./walk.js";

const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".channel-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  if (!view) {
    view = makeView(root, data);
    views.set(root, view);
  }
  Object.assign(view, { data, tell: setStateValue });
  takeChoice(view, data.chosen);
  takeWord(view, data.address);
  return () => closeView(view);
}

function makeView(root, data) {
  const view = {
    root,
    data,
    page: emptyPage(data.words),
    closing: new AbortController(),
    chosen: data.chosen,
    toldChosen: data.chosen,
    cursor: 0,
    cell: { row: 0, column: 0 },
    said: null,
    asked: null,
    expected: [],
    question: null,
    sheet: null,
    picture: null,
    grid: { zoom: 1, columns: 1, pitch: { x: 1, y: 1 } },
    largeZoom: 1,
    width: 0,
  };
  const on = view.closing.signal;
  buildParts(view, on);
  listenToPointer(view, on);
  listenToKeys(view, on);
  listenToChoices(view, on);
  view.observer = new ResizeObserver(() => onResize(view));
  view.observer.observe(view.root);
  return view;
}

function buildParts(view, on) {
  view.heading = element("h2");
  view.trouble = element("p", "trouble");
  view.trouble.hidden = true;
  view.pane = element("div", "tiles");
  view.pane.tabIndex = 0;
  view.pane.setAttribute("role", "listbox");
  view.canvas = element("canvas");
  view.canvas.setAttribute("aria-hidden", "true");
  view.options = element("div", "options");
  view.options.setAttribute("role", "presentation");
  view.cursorFrame = element("div", "frame cursor");
  view.chosenFrame = element("div", "frame chosen");
  view.board = element("div", "board");
  view.board.setAttribute("role", "presentation");
  view.board.append(view.canvas, view.cursorFrame, view.chosenFrame);
  view.pane.append(view.board, view.options);
  view.hint = element("p", "hint");
  view.facts = element("p", "facts");
  view.large = makeLarge(view, on);
  view.large.hidden = true;
  view.field = makeField(view);
  view.side = element("div", "side");
  view.side.append(view.large, view.field);
  view.tip = element("div", "tip");
  view.tip.setAttribute("role", "tooltip");
  view.tip.hidden = true;
  view.live = element("div", "live");
  view.live.setAttribute("aria-live", "polite");
  view.root.classList.add("empty");
  const parts = [view.heading, view.trouble, view.hint, view.pane, view.side, view.facts, view.tip, view.live];
  view.root.replaceChildren(...parts);
}

// Another page of channels: what was chosen stays chosen where it is there again.
export function showPage(view, page) {
  view.page = page;
  view.sheet = null;
  view.cursor = clamp(Math.max(0, page.channels.indexOf(view.chosen)), 0, Math.max(0, page.count - 1));
  view.tip.hidden = true;
  view.root.classList.remove("empty");
  const [before, after] = page.words.title.split("{node}");
  view.heading.replaceChildren(before, element("code", "", page.name), after);
  view.facts.textContent = page.facts;
  view.pane.setAttribute("aria-label", sentence(page.words.channels, { name: page.name }));
  view.closeButton.textContent = page.words.close;
  view.closeButton.title = page.words.closeTitle;
  view.thumb.setAttribute("aria-label", page.words.picture);
  listOptions(view);
  loadThumbnail(view);
  paintAll(view);
}

function paintAll(view) {
  showLarge(view);
  layOut(view);
  paintTiles(view);
}

function listOptions(view) {
  const { page } = view;
  const { words } = page;
  const { language } = words;
  view.hint.textContent = page.count ? words.hint : words.nothing;
  const options = page.channels.map((n, place) => {
    const { mean, min: low, max: high } = page.figures[place];
    const values = {
      n,
      mean: numberText(mean, language),
      low: numberText(low, language),
      high: numberText(high, language),
    };
    const isDead = low !== null && low === high && page.height * page.width > 1;
    const option = element("div", "", sentence(isDead ? words.dead : words.option, values));
    option.id = `channel-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(n === view.chosen));
    return option;
  });
  view.options.replaceChildren(...options);
  if (page.count) view.pane.setAttribute("aria-activedescendant", `channel-${view.cursor}`);
  else view.pane.removeAttribute("aria-activedescendant");
}

// What Python says is large, when it says something else than before.
function takeChoice(view, channel) {
  if (channel === view.toldChosen) return;
  view.toldChosen = channel;
  if (channel === view.chosen) return;
  view.chosen = channel;
  markOptions(view);
  paintAll(view);
}

// Chosen by hand; null closes what is large. Python is told once for each change.
export function choose(view, channel) {
  if (view.chosen === channel) return;
  view.chosen = channel;
  view.toldChosen = channel;
  const { words } = view.page;
  markOptions(view);
  announce(view, channel === null ? words.closed : sentence(words.selected, { n: channel }));
  paintAll(view);
  if (channel !== null) view.largePane.scrollIntoView({ block: "nearest" });
  view.tell("selected", channel);
}

function markOptions({ options, page, chosen }) {
  [...options.children].forEach((option, place) =>
    option.setAttribute("aria-selected", String(page.channels[place] === chosen)),
  );
}

function onResize(view) {
  const { clientWidth: width } = view.root;
  if (view.closing.signal.aborted || width === view.width || width === 0) return;
  view.width = width;
  paintAll(view);
}

function closeView(view) {
  view.closing.abort();
  view.question?.abort();
  view.observer.disconnect();
  view.picture?.close();
  views.delete(view.root);
  view.root.replaceChildren();
}
