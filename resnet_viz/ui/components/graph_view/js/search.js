// Looking for a node by path, op, paper name or shape, in the browser's own copy of the facts.

import { element, pushButton } from "../../browser/element.js";
import { announce, sentence } from "../../browser/words.js";
import { bringIntoSight } from "./camera.js";
import { showCard } from "./card.js";
import { drawnAround } from "./kin.js";
import { revealNode } from "./levels.js";
import { choose, nameOf } from "./marks.js";
import { focusThing } from "./walk.js";

export function makeSearch(view, on) {
  const { words } = view.data;
  const box = element("div", "search");
  box.setAttribute("role", "search");
  const input = element("input");
  Object.assign(input, { type: "search", placeholder: words.searchHint, autocomplete: "off", spellcheck: false });
  input.setAttribute("aria-label", words.search);
  const status = element("span", "found");
  const previous = pushButton("‹", words.previous, () => stepHit(view, -1), on);
  const next = pushButton("›", words.next, () => stepHit(view, 1), on);
  const take = pushButton(words.show, words.showTitle, () => takeHit(view), on);
  box.append(input, status, previous, next, take);
  view.search = { box, input, status, buttons: [previous, next, take], hits: [], at: -1 };
  input.addEventListener("input", () => findNodes(view), { signal: on });
  input.addEventListener("keydown", (event) => onSearchKey(view, event), { signal: on });
  for (const button of view.search.buttons) button.disabled = true;
  return box;
}

function onSearchKey(view, event) {
  const { key, shiftKey, ctrlKey, metaKey } = event;
  if (key === "Enter" && (ctrlKey || metaKey || view.search.hits.length === 1)) takeHit(view);
  else if (key === "Enter") stepHit(view, shiftKey ? -1 : 1);
  else if (key === "Escape") clearSearch(view);
  else {
    event.stopPropagation();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function askedWords(view) {
  return view.search.input.value
    .toLowerCase()
    .replace(/(\d)[x*](?=\d)/g, "$1×")
    .split(/\s+/)
    .filter(Boolean);
}

// All words must be there; a size may be typed with an x.
function matchesOf(view, asked) {
  const { facts } = view.drawn;
  const fits = (id) => asked.every((word) => facts[id].find.includes(word));
  const hits = asked.length ? Object.keys(facts).filter((id) => facts[id].kind !== "network" && fits(id)) : [];
  // The node of that very name first; the rest as the net has them.
  return hits.sort((a, b) => (b === asked[0]) - (a === asked[0]));
}

export function findNodes(view) {
  const { words } = view.data;
  const asked = askedWords(view);
  const hits = matchesOf(view, asked);
  view.search.at = -1;
  markHits(view, hits);
  if (hits.length) return goToHit(view, 0);
  view.search.status.textContent = asked.length ? words.noneFound : "";
  announce(view, asked.length ? words.noneFound : "");
  showCard(view, view.selected);
}

function markHits(view, hits) {
  const { search } = view;
  search.hits = hits;
  for (const button of search.buttons) button.disabled = hits.length === 0;
  for (const element of view.hitMarks) element.classList.remove("hit", "current-hit");
  view.hitMarks = [...new Set(hits.map((id) => drawnAround(view, id)?.element).filter(Boolean))];
  for (const element of view.hitMarks) element.classList.add("hit");
}

// In another drawing of the same net: the same match is the current one, and what is shown of the net stays shown.
export function markHitsAgain(view) {
  const { search } = view;
  const current = search.hits[search.at];
  const hits = matchesOf(view, askedWords(view));
  if (!hits.includes(current)) return findNodes(view);
  search.at = hits.indexOf(current);
  markHits(view, hits);
  drawnAround(view, current)?.element.classList.add("current-hit");
  tellHit(view);
}

function tellHit(view) {
  const { search, data } = view;
  search.status.textContent = sentence(data.words.found, { n: search.at + 1, total: search.hits.length });
}

function stepHit(view, step) {
  const { hits, at } = view.search;
  if (hits.length) goToHit(view, (at + step + hits.length) % hits.length);
}

function goToHit(view, at) {
  const { search, data } = view;
  search.at = at;
  const id = search.hits[at];
  const thing = drawnAround(view, id);
  for (const element of view.hitMarks) element.classList.toggle("current-hit", element === thing?.element);
  if (thing) bringIntoSight(view, thing);
  const values = { n: at + 1, total: search.hits.length, name: nameOf(view, id) };
  tellHit(view);
  announce(view, sentence(data.words.foundName, values));
  showCard(view, id);
}

// Select the hit; what is not drawn is opened first.
function takeHit(view) {
  const id = view.search.hits[view.search.at];
  if (id === undefined) return;
  const thing = view.things.get(id);
  if (!thing) return revealNode(view, id);
  focusThing(view, thing);
  choose(view, id);
}

function clearSearch(view) {
  view.search.input.value = "";
  view.search.at = -1;
  view.search.status.textContent = "";
  markHits(view, []);
  announce(view, "");
  showCard(view, view.selected);
}
