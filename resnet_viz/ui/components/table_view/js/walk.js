// By keyboard: one button of the table can be reached by Tab, arrows go on from there, Enter and Space choose.

import { handled } from "../../browser/element.js";
import { allButtons, reveal, tellChoice } from "./marks.js";

export function listenToKeys(view, on) {
  view.frame.addEventListener("keydown", (event) => onKey(view, event), { signal: on });
  view.frame.addEventListener("focusin", (event) => onFocus(view, event), { signal: on });
}

function onFocus(view, event) {
  const button = event.target.closest("button");
  if (!button) return;
  setCurrent(view, button);
  // A browser is content with a part of it; under the pointer nothing must move.
  if (button.matches(":focus-visible")) reveal(view, button);
}

export function setCurrent(view, button) {
  if (view.current) view.current.tabIndex = -1;
  view.current = button;
  if (button) button.tabIndex = 0;
}

// Where Tab leads: what is lit, unless somebody has been somewhere.
export function findCurrent(view) {
  const all = allButtons(view);
  const first = all.find((button) => button.dataset.at === "1") ?? all[0];
  setCurrent(view, all.find((button) => button.getAttribute("aria-pressed") === "true") ?? first);
}

function onKey(view, event) {
  const button = event.target.closest("button");
  if (!button || event.metaKey || event.altKey) return;
  const at = Number(button.dataset.at);
  const column = Number(button.dataset.column);
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (event.key in steps && !event.ctrlKey) focusButton(nextButton(view, at, column, ...steps[event.key]));
  else if (event.key === "Home") focusButton(endButton(view, event.ctrlKey ? 0 : at, 1));
  else if (event.key === "End") focusButton(endButton(view, event.ctrlKey ? view.buttons.length - 1 : at, -1));
  else if (event.key === "Escape" && view.lit.size) tellChoice(view, null);
  else return;
  handled(event);
}

// The next one that is there, over the gaps; null at the edge.
function nextButton(view, at, column, down, across) {
  for (let y = at + down, x = column + across; view.buttons[y]?.[x] !== undefined; y += down, x += across) {
    if (view.buttons[y][x]) return view.buttons[y][x];
  }
  return null;
}

function endButton(view, at, step) {
  const found = view.buttons[at].filter(Boolean);
  return found.at(step > 0 ? 0 : -1) ?? null;
}

function focusButton(button) {
  button?.focus();
}
