// What is told of a step: where it is, its condition, what it makes, the variables and the call stack. There are two
// where two nets are compared.

import { element, pushButton, scrollable, section } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { askNode } from "./asked.js";
import { conditionOf, makeCondition } from "./condition.js";
import { foldsAround, isOpen, toggleFold } from "./folds.js";
import { bringIntoSight, later, measureNow, showLines } from "./listing.js";
import { changesOf, codeOf, fileOf, functionOf, isCall, stackOf, valuesAt } from "./record.js";

export function makePanel(view, className) {
  const { words } = view.data;
  const root = element("div", `panel ${className}`);
  const step = section(words.thisStep, "this-step");
  const stepBody = element("div", "body");
  step.append(stepBody);
  const variables = section(words.variables, "variables");
  const table = element("table");
  const scroll = scrollable(element("div", "scroll"), words.variables);
  scroll.append(table);
  variables.append(scroll);
  const stack = section(words.stack, "stack");
  const list = element("ol");
  stack.append(list);
  root.append(step, variables, stack);
  return { root, title: step.firstChild, stepBody, variables, scroll, table, list };
}

export function showPanel(view, panel, walk, at, frame = null) {
  panel.title.textContent = view.other ? walk.name : view.data.words.thisStep;
  showStep(view, panel, walk, at);
  showVariables(view, panel, walk, frame ?? at, frame !== null && frame !== at);
  showStack(view, panel, walk, at, frame ?? at);
}

export function whereWords(walk, at) {
  return `${fileOf(walk, at).split("/").pop()}:${walk.steps.line[at]}`;
}

function showStep(view, panel, walk, at) {
  const { words } = view.data;
  const place = element("p", "place");
  place.append(element("code", "function", functionOf(walk, at)), element("span", "where", whereWords(walk, at)));
  const owner = walk.steps.owner[at];
  if (owner) place.append(element("code", "owner", owner));
  const code = element("pre", "statement", codeOf(walk, at).join("\n"));
  const parts = [place, code];
  const condition = conditionOf(walk, at);
  if (condition) parts.push(makeCondition(view, condition));
  const nodes = walk.steps.node_ids[at];
  if (nodes.length) parts.push(makeChips(view, walk.kind === "build" ? words.makes : words.runs, nodes));
  const returned = walk.steps.returned[at];
  if (returned !== null) {
    const line = element("p", "returned");
    line.append(element("span", "", words.returns), " ", valueWords(walk.values[returned]));
    parts.push(line);
  }
  const fold = foldsAround(walk, at).find((found) => at < found[0] + found[1]);
  if (fold && walk === view.walk) parts.push(makeFoldNote(view, fold));
  panel.stepBody.replaceChildren(...parts);
}

function makeChips(view, label, ids) {
  const line = element("p", "chips");
  line.append(element("span", "", label), " ");
  for (const id of ids) {
    const chip = pushButton(id, view.data.words.askNode, () => askNode(view, id), view.closing.signal);
    chip.className = "chip";
    line.append(chip);
  }
  return line;
}

function makeFoldNote(view, fold) {
  const { words } = view.data;
  const note = element("p", "fold-note");
  const isShown = isOpen(view, fold);
  note.append(
    element("strong", "", `×${fold[2]}`),
    ` ${sentence(isShown ? words.foldOpen : words.foldClosed, { n: fold[2] })} `,
  );
  note.append(pushButton(isShown ? words.fold : words.unfold, "", () => toggleFold(view, fold), view.closing.signal));
  return note;
}

// A value as it is shown; a tensor with the op it comes from.
function valueWords(value) {
  const shown = element("code", `value ${value?.[1] ?? "absent"}`, value ? value[0] : "—");
  if (value?.[1] === "tensor" && value[2]) shown.append(element("span", "from", ` · ${value[2]}`));
  return shown;
}

// Now, and after this line where it changes: plain names first, then attributes, numbers before objects.
function showVariables(view, panel, walk, at, isFrame) {
  const { words } = view.data;
  const now = valuesAt(walk, at);
  const changed = new Map(isFrame ? [] : changesOf(walk, at));
  const isEntry = isCall(walk, at);
  const names = [...new Set([...now.keys(), ...changed.keys()])];
  const rank = (name) => (name === "self" ? 3 : !name.includes(".") ? 0 : now.get(name)?.[1] === "number" ? 1 : 2);
  names.sort((one, other) => rank(one) - rank(other));
  const rows = names.map((name) => {
    const isChanged = changed.has(name);
    const row = element("tr", isChanged ? "changed" : "");
    const title = element("th");
    title.scope = "row";
    title.append(element("span", "sign", isChanged ? "●" : ""), element("code", "", name));
    const cell = element("td");
    cell.append(valueWords(isEntry || now.has(name) ? now.get(name) : null));
    if (isChanged && !isEntry) cell.append(element("span", "arrow", " → "), valueAfter(view, changed.get(name)));
    if (isChanged) row.title = isEntry ? words.passed : words.changed;
    row.append(title, cell);
    return row;
  });
  if (!rows.length) rows.push(emptyRow(words.noVariables));
  panel.table.replaceChildren(...rows);
  const first = rows.find((row) => row.className === "changed");
  later(view, () => {
    if (first && !isEntry) bringIntoSight(panel.scroll, first);
    else panel.scroll.scrollTop = 0;
  });
}

function valueAfter(view, value) {
  if (value !== null) return valueWords(value);
  return element("em", "", view.data.words.gone);
}

export function emptyRow(words) {
  const row = element("tr");
  row.append(element("td", "none-yet", words));
  return row;
}

function showStack(view, panel, walk, at, frame) {
  const rows = stackOf(walk, at).map((step) => {
    const item = element("li");
    const owner = walk.steps.owner[step];
    const button = pushButton("", "", () => chooseFrame(view, walk, step), view.closing.signal);
    button.append(element("code", "", functionOf(walk, step)), element("span", "where", whereWords(walk, step)));
    if (owner) button.append(element("span", "owner", owner));
    button.setAttribute("aria-pressed", String(step === frame));
    if (walk !== view.walk) button.disabled = true;
    item.append(button);
    return item;
  });
  panel.list.replaceChildren(...rows);
}

// A frame further out: its line and its variables; the step stays where it is.
function chooseFrame(view, walk, step) {
  view.frame = step === view.step ? null : step;
  showLines(view, true);
  showPanel(view, view.panel, walk, view.step, view.frame);
  measureNow(view);
}
