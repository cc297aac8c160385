// Opening and closing: which level a part is at, and what comes after it.

import { element, pushButton } from "../../browser/element.js";
import { announce, sentence } from "../../browser/words.js";
import { askAhead } from "./ask.js";
import { chainOf, drawnAround, isWithin } from "./kin.js";
import { dropHeld, nameOf, select } from "./marks.js";

const LEVELS = ["folded", "block", "op"];

function levelsOf(view, id) {
  const facts = view.drawn.facts[id];
  return facts?.kind === "network" ? LEVELS : (facts?.levels ?? []);
}

function show(view, id, level) {
  view.acted = id;
  const { words } = view.data;
  announce(view, sentence(words.shown, { name: nameOf(view, id), level: words.levels[level] }));
  tellAfter(view, { do: "shown", what: id, at: level }, "shown", { id, level, selected: view.selected });
}

// Show what is not drawn now, with as little opened as it takes.
export function revealNode(view, id) {
  view.acted = drawnAround(view, id)?.id ?? null;
  view.awaited = id;
  select(view, id);
  tellAfter(view, { do: "revealed", what: id }, "revealed", { id });
}

// The drawing first: Python, which has all the rest of the page to see to, hears of it when it is shown. Its message
// tells what is chosen, too.
function tellAfter(view, change, name, value) {
  dropHeld(view);
  view.untold += 1;
  askAhead(view, change, () => {
    view.untold -= 1;
    view.send(name, value);
  });
}

// One level deeper. The level of a stage whose blocks differ counts as its lowest.
export function openPart(view, id) {
  const levels = levelsOf(view, id);
  const next = levels[levels.indexOf(view.drawn.facts[id]?.level) + 1];
  if (!next || view.drawn.facts[id].kind === "network") return false;
  show(view, id, next);
  return true;
}

// One level back: of the nearest part around that is open at all.
export function closePart(view, id) {
  for (const part of chainOf(view, id)) {
    const [levels, level] = [levelsOf(view, part), view.drawn.facts[part]?.level];
    const at = level === "mixed" ? 1 : levels.indexOf(level);
    if (at < 1) continue;
    show(view, part, levels[at - 1]);
    return true;
  }
  return false;
}

export function canOpen(view, id) {
  const { level } = view.drawn.facts[id] ?? {};
  const levels = levelsOf(view, id);
  return levels.length > 0 && level !== levels.at(-1);
}

// How many boxes a part would be as ops: said before somebody asks for them.
function countOps(view, id) {
  view.opCounts ??= new Map();
  if (!view.opCounts.has(id)) {
    const { facts } = view.drawn;
    const ops = Object.keys(facts).filter((part) => ["op", "input"].includes(facts[part].kind));
    view.opCounts.set(id, ops.filter((part) => isWithin(view, part, id)).length);
  }
  return view.opCounts.get(id);
}

export function makeLevelButtons(view, on) {
  const group = element("div", "levels");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", view.data.words.showAs);
  for (const level of LEVELS) {
    const button = pushButton(view.data.words.levels[level], "", () => view.shown && show(view, view.shown, level), on);
    button.dataset.level = level;
    button.removeAttribute("aria-label");
    button.removeAttribute("title");
    group.append(button);
  }
  return group;
}

// The buttons stay the same elements, so that the keyboard's place on them is kept.
export function updateLevelButtons(view, id) {
  const [levels, { words }, { facts }] = [levelsOf(view, id), view.data, view.drawn];
  view.levelButtons.classList.toggle("none", levels.length === 0);
  for (const button of view.levelButtons.children) {
    const { level } = button.dataset;
    const isShown = facts[id]?.level === level;
    button.classList.toggle("none", !levels.includes(level));
    button.setAttribute("aria-pressed", String(isShown));
    const text =
      level === "op" && levels.length ? sentence(words.opCount, { n: countOps(view, id) }) : words.levels[level];
    button.textContent = text;
  }
}
