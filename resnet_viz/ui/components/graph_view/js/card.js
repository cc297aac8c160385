// The facts of what is selected, at once and without the server: a card of a height that never changes.

import { element, svgElement } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { drawnAround } from "./kin.js";
import { makeLevelButtons, updateLevelButtons } from "./levels.js";
import { branchesOf, choose, nameOf } from "./marks.js";
import { focusThing, neighboursOf } from "./walk.js";

export function makeCard(view, on) {
  const card = element("div", "card");
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", view.data.words.facts);
  const [head, figures, around] = ["head", "figures", "around"].map((name) => element("div", name));
  const name = element("strong", "name");
  const about = element("span", "about");
  head.append(name, about);
  view.levelButtons = makeLevelButtons(view, on);
  card.append(head, view.levelButtons, figures, around);
  view.cardParts = { name, about, figures, around };
  around.addEventListener("click", (event) => onChip(view, event), { signal: on });
  return card;
}

// Of nothing, the card tells the net as a whole.
export function showCard(view, id) {
  const [all, { words }] = [view.drawn.facts, view.data];
  const isKnown = id !== null && Object.hasOwn(all, id);
  const shown = isKnown ? id : view.network;
  const facts = all[shown] ?? { about: "", shape: "", costs: [], kind: "" };
  const { name, about, figures, around } = view.cardParts;
  const isNetwork = facts.kind === "network";
  view.shown = shown;
  name.textContent = nameOf(view, shown);
  about.textContent = isNetwork ? "" : facts.about;
  about.title = about.textContent;
  figures.textContent = [facts.shape, ...facts.costs].filter(Boolean).join(" · ");
  figures.title = figures.textContent;
  const parts = isKnown && !isNetwork ? chipsAround(view, id) : [];
  if (isKnown && branchesOf(view, id) && view.selected === id)
    parts.push(branchSign(view, "residual"), branchSign(view, "bypassing"));
  around.replaceChildren(...(isNetwork ? [element("span", "hint", words.hint)] : parts));
  updateLevelButtons(view, shown);
}

// What is folded away has no wires of its own: those of the box that stands for it would not be true of it.
function chipsAround(view, id) {
  const { words } = view.data;
  const thing = drawnAround(view, id);
  if (!thing) return [];
  if (thing.id !== id) return chipRow(words.inside, [thing], words.toAround);
  return [
    ...chipRow(words.ins, neighboursOf(view, thing, "ins"), words.toInput),
    ...chipRow(words.outs, neighboursOf(view, thing, "outs"), words.toOutput),
  ];
}

function chipRow(label, things, spoken) {
  const chips = things.map(({ id }) => {
    const chip = element("button", "chip", id);
    chip.type = "button";
    chip.dataset.id = id;
    chip.setAttribute("aria-label", sentence(spoken, { name: id }));
    return chip;
  });
  return chips.length ? [element("span", "chips-label", label), ...chips] : [];
}

function onChip(view, event) {
  const thing = view.things.get(event.target.closest(".chip")?.dataset.id);
  if (!thing) return;
  focusThing(view, thing);
  choose(view, thing.id);
}

// What the two lights mean: a solid and a dashed halo.
function branchSign(view, kind) {
  const sign = element("span", "branch-sign");
  const svg = svgElement("svg", { width: 30, height: 12, "aria-hidden": "true" });
  svg.append(
    svgElement("path", { d: "M2,6H28", class: `halo ${kind}` }),
    svgElement("path", { d: "M0,6H30", class: "thread" }),
  );
  sign.append(svg, view.data.words[kind]);
  return sign;
}
