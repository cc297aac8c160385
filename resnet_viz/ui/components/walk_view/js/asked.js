// Asked the other way round: which statement made a node, and what a line is responsible for.

import { element, pushButton, section } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { whereWords } from "./panel.js";
import { codeOf, markAt, statementsOf } from "./record.js";
import { go } from "./steps.js";

const MOST_ROWS = 60;

export function makeAsked(view, on) {
  const part = section(view.data.words.asked, "asked");
  part.hidden = true;
  const close = pushButton("×", view.data.words.close, () => closeAsked(view), on);
  close.className = "close";
  view.asked = { part, body: element("div", "body"), what: null };
  part.append(close, view.asked.body);
  return part;
}

function closeAsked(view) {
  Object.assign(view.asked, { what: null });
  view.asked.part.hidden = true;
}

export function askNode(view, id) {
  view.asked.what = { node: id };
  showAsked(view);
}

export function askLine(view, file, line) {
  if (!view.walk.atLine.has(`${file}:${line}`)) return;
  view.asked.what = { file, line };
  showAsked(view);
}

export function showAsked(view) {
  const { what, part, body } = view.asked;
  if (!what) return;
  part.hidden = false;
  body.replaceChildren(...(what.node ? nodeParts(view, what.node) : lineParts(view, what)));
}

function nodeParts(view, id) {
  const { words } = view.data;
  const { walk } = view;
  const title = element("p");
  title.append(element("code", "", id));
  const steps = statementsOf(walk, id);
  if (!steps.length) return [title, element("p", "", words.notHere)];
  const list = element("ol", "statements");
  steps.forEach((at, n) => {
    const item = element("li");
    const label = n === 0 ? (walk.kind === "build" ? words.madeBy : words.runBy) : words.calledBy;
    item.append(element("span", "label", label), " ", stepLink(view, at));
    list.append(item);
  });
  return [title, list];
}

// A step as a link: where it is, and its first line.
function stepLink(view, at) {
  const { walk } = view;
  const link = pushButton("", "", () => go(view, at), view.closing.signal);
  link.className = "step-link";
  link.append(element("span", "where", whereWords(walk, at)), element("code", "", codeOf(walk, at)[0]));
  const owner = walk.steps.owner[at];
  if (owner) link.append(element("span", "owner", owner));
  return link;
}

function lineParts(view, { file, line }) {
  const { words } = view.data;
  const { walk } = view;
  const steps = walk.atLine.get(`${file}:${line}`) ?? [];
  const nodes = [...new Set(steps.flatMap((at) => walk.steps.node_ids[at]))];
  const title = element("p");
  title.append(element("code", "", codeOf(walk, steps[0])[0]));
  const counts = sentence(walk.kind === "build" ? words.lineMade : words.lineRan, {
    n: steps.length,
    nodes: nodes.length,
  });
  const list = element("ul", "steps");
  for (const at of steps.slice(0, MOST_ROWS)) {
    const item = element("li");
    const link = pushButton("", "", () => go(view, at), view.closing.signal);
    link.className = "step-link";
    const { owner, node_ids: made } = walk.steps;
    link.append(element("span", "where", sentence(words.stepN, { n: at + 1 })));
    link.append(element("span", "owner", made[at].join(", ") || owner[at] || markAt(walk, at)?.[1] || ""));
    item.append(link);
    list.append(item);
  }
  const parts = [title, element("p", "", counts), list];
  if (steps.length > MOST_ROWS) parts.push(element("p", "", sentence(words.more, { n: steps.length - MOST_ROWS })));
  return parts;
}

// A node chosen in the drawing.
export function listenToNodes(view, on) {
  const chosen = ({ detail }) => {
    if (!detail || detail.from === "walk" || !view.walk) return;
    if (detail.id) askNode(view, detail.id);
    else if (view.asked.what?.node) closeAsked(view);
  };
  document.addEventListener("resnet-viz:chosen", chosen, { signal: on });
}
