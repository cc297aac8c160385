// The table of all calls of `_make_layer`; a row leads to where it asked about its shortcut.

import { element, pushButton, scrollable } from "../../browser/element.js";
import { sentence } from "../../browser/words.js";
import { go } from "./steps.js";
import { chooseKind } from "./walk_view.js";

export function makeStages(view) {
  const part = element("details", "stages");
  part.open = true;
  part.append(element("summary", "", view.data.words.stages));
  const scroll = scrollable(element("div", "scroll"), view.data.words.stages);
  part.append(scroll);
  view.stages = { part, scroll };
  return part;
}

export function showStages(view) {
  const { head, rows, title } = view.payload.stages;
  const table = element("table");
  table.setAttribute("aria-label", title);
  const top = element("tr");
  for (const name of head) {
    const cell = element("th", "", name);
    cell.scope = "col";
    top.append(cell);
  }
  const body = rows.map(({ asked, cells }) => {
    const row = element("tr");
    row.addEventListener("click", () => jumpTo(view, asked), { signal: view.closing.signal });
    cells.forEach((lines, n) => row.append(n === 0 ? stageLink(view, lines, asked) : stageCell(lines)));
    return row;
  });
  const [thead, tbody] = [element("thead"), element("tbody")];
  thead.append(top);
  tbody.append(...body);
  table.append(thead, tbody);
  view.stages.scroll.replaceChildren(table);
}

function stageLink(view, lines, asked) {
  const cell = element("th");
  cell.scope = "row";
  const title = sentence(view.data.words.toCall, { part: lines[0]?.[0] ?? "" });
  const act = (event) => {
    event.stopPropagation();
    jumpTo(view, asked);
  };
  cell.append(pushButton(lines[0]?.[0] ?? "", title, act, view.closing.signal));
  return cell;
}

function stageCell(lines) {
  const cell = element("td");
  for (const [words, isCode, after] of lines) {
    const line = element("div");
    line.append(isCode ? element("code", "", words) : words, after);
    cell.append(line);
  }
  return cell;
}

// The table is of the build.
function jumpTo(view, at) {
  if (view.walk.kind !== "build") chooseKind(view, "build", at);
  else go(view, at);
}
