// The source as it is installed, line by line: which one runs, how often each ran, and where to stop.

import { element } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { askLine } from "./asked.js";
import { inlineAnswers } from "./condition.js";
import { fileOf } from "./record.js";
import { showTransport } from "./transport.js";

export function makeListing(view, on) {
  const part = element("section", "listing");
  part.setAttribute("aria-label", view.data.words.source);
  const head = element("p", "file");
  const code = element("div", "code");
  code.tabIndex = 0;
  code.setAttribute("role", "group");
  code.setAttribute("aria-label", view.data.words.source);
  part.append(head, code);
  view.listing = { part, head, code, file: null, rows: [], current: [], caller: [], inline: element("div", "inline") };
  code.addEventListener("click", (event) => onCodeClick(view, event), { signal: on });
  return part;
}

function onCodeClick(view, event) {
  const row = event.target.closest?.(".line");
  if (!row) return;
  const line = Number(row.dataset.line);
  if (event.target.closest(".gutter")) toggleBreakpoint(view, view.listing.file, line);
  else askLine(view, view.listing.file, line);
}

// Another file, or another walk of the same one: the lines stay, what is told of them changes.
function showFile(view, name) {
  const { listing } = view;
  if (listing.file !== name) {
    const file = view.walk.files.get(name);
    listing.file = name;
    listing.rows = file.lines.map((text, i) => makeLine(view, text, i + 1, view.payload.colours[name]?.[i] ?? []));
    listing.code.replaceChildren(...listing.rows.map(({ row }) => row));
    Object.assign(listing, { current: [], caller: [], told: null });
  }
  if (listing.told === view.walk) return;
  listing.told = view.walk;
  const { words } = view.data;
  const { package: from, version, sha256 } = view.walk.files.get(name);
  listing.head.replaceChildren(element("code", "", name), ` ${[from, version].filter(Boolean).join(" ")}`);
  listing.head.title = `sha256 ${sha256}`;
  listing.rows.forEach(({ row, count }, i) => {
    const n = view.walk.atLine.get(`${name}:${i + 1}`)?.length ?? 0;
    row.classList.toggle("ran", n > 0);
    count.textContent = n ? `×${n}` : "";
    count.title = n ? sentence(words.ran, { n }) : "";
  });
  markBreakpoints(view);
}

function makeLine(view, text, number, spans) {
  const row = element("div", "line");
  row.dataset.line = number;
  const gutter = element("button", "gutter", String(number));
  gutter.type = "button";
  gutter.tabIndex = -1;
  gutter.setAttribute("aria-label", sentence(view.data.words.stopAt, { line: number }));
  const count = element("span", "count");
  const code = element("code");
  let at = 0;
  for (const [first, last, kind] of spans) {
    code.append(text.slice(at, first), element("span", kind, text.slice(first, last)));
    at = last;
  }
  code.append(text.slice(at));
  row.append(gutter, count, code);
  return { row, gutter, count, code };
}

// The lines of the step, and where a chosen frame of the stack stands.
export function showLines(view, isMoved) {
  const { listing, walk } = view;
  const at = view.frame ?? view.step;
  showFile(view, fileOf(walk, at));
  for (const { row } of listing.current) {
    row.classList.remove("current", "first");
    row.removeAttribute("aria-current");
  }
  for (const { row } of listing.caller) row.classList.remove("caller");
  const lines = (step) => listing.rows.slice(walk.steps.line[step] - 1, walk.steps.end_line[step]);
  listing.current = fileOf(walk, view.step) === listing.file ? lines(view.step) : [];
  listing.caller = at === view.step ? [] : lines(at);
  for (const { row } of listing.current) row.classList.add("current");
  listing.current[0]?.row.classList.add("first");
  listing.current[0]?.row.setAttribute("aria-current", "step");
  for (const { row } of listing.caller) row.classList.add("caller");
  const answers = listing.current.length ? inlineAnswers(view, walk, view.step) : [];
  listing.inline.replaceChildren(...answers);
  if (answers.length) listing.current.at(-1).row.after(listing.inline);
  else listing.inline.remove();
  const shown = listing.caller[0] ?? listing.current[0];
  if (isMoved && shown) later(view, () => bringIntoSight(listing.code, shown.row));
}

// What must know where things stand comes after all changes: the page is then laid out once.
export function later(view, act) {
  view.measures.push(act);
}

export function measureNow(view) {
  for (const act of view.measures.splice(0)) act();
}

// Only within its own box: the page stays where it is.
export function bringIntoSight(pane, row) {
  if (!row) return;
  const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
  const margin = Math.min(90, pane.clientHeight / 4);
  if (top >= pane.scrollTop + margin && bottom <= pane.scrollTop + pane.clientHeight - margin) return;
  pane.scrollTop = Math.max(0, top - pane.clientHeight * 0.35);
}

function toggleBreakpoint(view, file, line) {
  const key = `${file}:${line}`;
  if (view.breakpoints.has(key)) view.breakpoints.delete(key);
  else view.breakpoints.add(key);
  markBreakpoints(view);
  showTransport(view);
}

function markBreakpoints(view) {
  const { listing } = view;
  listing.rows.forEach(({ row, gutter }, i) => {
    const isSet = view.breakpoints.has(`${listing.file}:${i + 1}`);
    row.classList.toggle("stop", isSet);
    gutter.setAttribute("aria-pressed", String(isSet));
  });
}

export function isStop(view, at) {
  return view.breakpoints.has(`${fileOf(view.walk, at)}:${view.walk.steps.line[at]}`);
}
