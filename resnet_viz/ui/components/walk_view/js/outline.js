// All steps as a list that opens: a statement to what it calls, equal passes to each of them. What is closed is not made.

import { element, section } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { foldEnd, isOpen, toggleFold } from "./folds.js";
import { bringIntoSight } from "./listing.js";
import { codeOf, endOf, firstFrom, hasCalls, isCall, stackOf } from "./record.js";
import { go } from "./steps.js";

export function makeOutline(view) {
  const part = section(view.data.words.steps, "outline");
  const list = element("ul");
  part.append(list);
  view.outline = { part, list, open: new Set(), way: new Set(), rows: new Map(), timer: 0 };
  list.addEventListener("click", (event) => onOutlineClick(view, event), { signal: view.closing.signal });
  return part;
}

// One listener for all rows: there are hundreds, and they are often made anew.
function onOutlineClick(view, event) {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.fold) toggleFold(view, view.walk.folds[Number(button.dataset.fold)]);
  else if (button.dataset.twist) toggleStep(view, Number(button.dataset.twist));
  else if (button.dataset.step) go(view, Number(button.dataset.step));
}

function rowButton(className, key, value) {
  const button = element("button", className);
  button.type = "button";
  button.dataset[key] = value;
  return button;
}

// The steps of one call between two, and the passes that are folded among them.
function outlineItems(view, start, end, depth) {
  const { walk } = view;
  const items = [];
  for (let at = start; at < end; ) {
    const fold = walk.folds.find((found) => found[0] === at && walk.steps.depth[at] === depth && foldEnd(found) <= end);
    if (fold && !isOpen(view, fold)) {
      items.push(makeFoldRow(view, fold, depth));
      at = foldEnd(fold);
      continue;
    }
    if (fold) items.push(makeFoldRow(view, fold, depth));
    items.push(makeStepRow(view, at, depth));
    at = firstFrom(walk, at + 1, depth) ?? walk.length;
  }
  return items;
}

function makeFoldRow(view, fold, depth) {
  const { walk } = view;
  const { words } = view.data;
  const row = element("li", "fold");
  const isShown = isOpen(view, fold);
  const button = rowButton("row", "fold", walk.folds.indexOf(fold));
  button.setAttribute("aria-expanded", String(isShown));
  button.append(element("span", "twist", isShown ? "▾" : "▸"), element("strong", "times", `×${fold[2]}`));
  button.append(element("code", "", codeOf(walk, fold[0])[0]));
  button.append(element("span", "about", sentence(words.passes, { n: fold[2], length: fold[1] })));
  row.append(button);
  row.style.setProperty("--depth", depth);
  if (!isShown) {
    // The first pass stands for all.
    const inner = element("ul");
    inner.append(...outlineItems(view, fold[0], fold[0] + fold[1], depth));
    row.append(inner);
  }
  return row;
}

function makeStepRow(view, at, depth) {
  const { walk } = view;
  const row = element("li", "step");
  const line = element("div", "row");
  line.style.setProperty("--depth", depth);
  const end = hasCalls(walk, at) && !isCall(walk, at) ? endOf(walk, at) : at + 1;
  const isShown = view.outline.open.has(at) || view.outline.way.has(at);
  if (end > at + 1) {
    const twist = rowButton("twist", "twist", at);
    twist.textContent = isShown ? "▾" : "▸";
    twist.setAttribute("aria-label", view.data.words.calls);
    twist.setAttribute("aria-expanded", String(isShown));
    line.append(twist);
  } else line.append(element("span", "twist"));
  const link = rowButton("step-link", "step", at);
  link.append(element("span", "where", String(walk.steps.line[at])), element("code", "", codeOf(walk, at)[0]));
  const ids = walk.steps.node_ids[at];
  if (ids.length) link.append(element("span", "owner", ids.slice(0, 3).join(", ") + (ids.length > 3 ? " …" : "")));
  line.append(link);
  row.append(line);
  view.outline.rows.set(at, link);
  if (end > at + 1 && isShown) {
    const inner = element("ul");
    inner.append(...outlineItems(view, at + 1, end, depth + 1));
    row.append(inner);
  }
  return row;
}

function toggleStep(view, at) {
  const { open, way } = view.outline;
  if (open.has(at) || way.has(at)) [open, way].forEach((set) => set.delete(at));
  else open.add(at);
  buildOutline(view);
  markOutline(view, false);
}

export function buildOutline(view) {
  const { outline } = view;
  outline.rows = new Map();
  const top = outline.list.scrollTop;
  outline.list.replaceChildren(...outlineItems(view, 0, view.walk.length, view.walk.steps.depth[0]));
  outline.list.scrollTop = top;
}

const OUTLINE_MS = 60;

// The row of the step is marked at once where there is one; the list is made anew when nobody moves on any more.
export function markOutline(view, isMoved) {
  const { outline } = view;
  clearTimeout(outline.timer);
  outline.timer = 0;
  const isNew = isMoved && openWay(view);
  if (!isNew) return showMark(view, isMoved);
  outline.timer = setTimeout(() => {
    outline.timer = 0;
    buildOutline(view);
    showMark(view, true);
  }, OUTLINE_MS);
  return showMark(view, false);
}

// Or that of the nearest statement around it that is shown.
function showMark(view, isMoved) {
  const { outline } = view;
  outline.current?.classList.remove("current");
  outline.current?.removeAttribute("aria-current");
  const at = stackOf(view.walk, view.step).find((step) => outline.rows.has(step));
  outline.current = at === undefined ? null : outline.rows.get(at);
  outline.current?.classList.add("current");
  outline.current?.setAttribute("aria-current", "step");
  if (isMoved && outline.current) bringIntoSight(outline.list, outline.current.closest("li"));
}

// What leads to the step is open, and closes again when it is left; what was opened by hand stays.
export function openWay(view) {
  const { outline } = view;
  const way = stackOf(view.walk, view.step).slice(1);
  const isSame = way.length === outline.way.size && way.every((step) => outline.way.has(step));
  if (isSame && outline.rows.has(view.step)) return false;
  outline.way = new Set(way);
  return true;
}
