// The same line in another net: of the same function or, in another kind of block, of the function of that name; in the
// same stage, and as often as it ran before in it.

import { element } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { emptyRow, showPanel } from "./panel.js";
import { codeOf, fileOf, functionOf, isCall, markAt } from "./record.js";

// From the strictest to the loosest: `Bottleneck.__init__` stands beside `BasicBlock.__init__`, first where a statement
// reads the same, then where it begins the same, last where it sets the same attribute.
const SAME_LINE = [
  { name: "line", of: (walk, at) => `${fileOf(walk, at)}|${functionOf(walk, at)}|${walk.steps.line[at]}` },
  { name: "code", of: (walk, at) => `${methodOf(walk, at)}|${isCall(walk, at) ? "def" : codeOf(walk, at)[0]}` },
  { name: "start", of: (walk, at) => `${methodOf(walk, at)}|${codeOf(walk, at)[0].split("(")[0]}` },
  {
    name: "attribute",
    of: (walk, at) => `${methodOf(walk, at)}|${/^self\.\w+ =/.exec(codeOf(walk, at)[0])?.[0] ?? null}`,
  },
];

function methodOf(walk, at) {
  return functionOf(walk, at).split(".").pop();
}

function alignedStep(walk, other, step) {
  for (const key of SAME_LINE) {
    const at = key.of(walk, step).endsWith("|null") ? null : sameStep(walk, other, step, key);
    if (at !== null) return at;
  }
  return null;
}

function sameStep(walk, other, step, key) {
  const wanted = key.of(walk, step);
  const found = stepsWith(other, wanted, key);
  if (!found.length) return null;
  const part = markAt(walk, step)?.[1] ?? null;
  const isHere = (of) => (at) => (markAt(of, at)?.[1] ?? null) === part;
  const mine = stepsWith(walk, wanted, key).filter(isHere(walk));
  const theirs = found.filter(isHere(other));
  if (!theirs.length) return null;
  // Where a stage has fewer blocks, its last one stands beside all later ones.
  return theirs[Math.min(mine.indexOf(step), theirs.length - 1)];
}

function stepsWith(walk, wanted, key) {
  walk.byKey ??= new Map();
  if (!walk.byKey.has(key.name)) {
    const index = new Map();
    for (let at = 0; at < walk.length; at++) {
      const own = key.of(walk, at);
      if (!index.has(own)) index.set(own, []);
      index.get(own).push(at);
    }
    walk.byKey.set(key.name, index);
  }
  return walk.byKey.get(key.name).get(wanted) ?? [];
}

export function showOther(view) {
  const { otherPanel: panel, other } = view;
  panel.root.hidden = !other;
  view.root.classList.toggle("comparing", Boolean(other));
  if (!other) return;
  const walk = other[view.walk.kind];
  const at = alignedStep(view.walk, walk, view.step);
  if (at !== null) {
    showPanel(view, panel, walk, at);
    return;
  }
  panel.title.textContent = walk.name;
  panel.stepBody.replaceChildren(element("p", "none-yet", sentence(view.data.words.noLine, { net: walk.name })));
  panel.table.replaceChildren(emptyRow("—"));
  panel.list.replaceChildren();
}
