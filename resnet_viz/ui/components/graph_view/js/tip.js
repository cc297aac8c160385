// The tooltip: the core facts of what the pointer or the keyboard is on, inside the window, never under the pointer.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { inPane, toDrawing } from "./camera.js";
import { nameOf } from "./marks.js";
import { thingOf } from "./walk.js";

const NEAR = 6;
const MARGIN = 8;

export function listenToHover(view, on) {
  view.pane.addEventListener("pointermove", (event) => event.pointerType !== "touch" && hover(view, event), {
    signal: on,
  });
  view.pane.addEventListener("pointerleave", () => hideTip(view), { signal: on });
}

function hover(view, event) {
  if (view.drag?.isOn) return;
  const thing = thingOf(view, event.target);
  const wire = thing && !thing.isFrame ? null : wireAt(view, toDrawing(view, inPane(view, event)));
  if (wire) {
    const { clientX: x, clientY: y } = event;
    showTip(view, wireTip(view, wire), { left: x, right: x, top: y - NEAR, bottom: y + NEAR });
  } else if (thing && !thing.isFrame) showTip(view, tipOf(view, thing), thing.element.getBoundingClientRect());
  else if (thing && event.target.localName === "text")
    showTip(view, tipOf(view, thing), event.target.getBoundingClientRect());
  else hideTip(view);
}

function tipOf(view, { id }) {
  const facts = view.drawn.facts[id];
  return facts ? [nameOf(view, id), facts.about, facts.shape, ...facts.costs] : [id];
}

// The shape on a wire is what leaves the box it comes from.
function wireTip(view, { src, dst }) {
  const shape = view.drawn.facts[src]?.shape.split(" → ").at(-1) ?? "";
  return [shape, sentence(view.data.words.wire, { from: src, to: dst })];
}

function showTip(view, lines, around) {
  const { tip } = view;
  tip.replaceChildren(...lines.map((line, i) => element("div", i ? "" : "tip-title", line)));
  tip.hidden = false;
  view.tipFor = null;
  const { width, height } = tip.getBoundingClientRect();
  const left = clamp((around.left + around.right - width) / 2, MARGIN, window.innerWidth - width - MARGIN);
  const isBelow = around.bottom + MARGIN + height < window.innerHeight;
  const top = isBelow ? around.bottom + MARGIN : around.top - MARGIN - height;
  Object.assign(tip.style, { left: `${left}px`, top: `${Math.max(MARGIN, top)}px` });
}

// Beside what has the keyboard's focus; it stays there when the focus itself moved the drawing.
export function showFocusTip(view, thing) {
  showTip(view, tipOf(view, thing), thing.element.getBoundingClientRect());
  view.tipFor = thing;
}

export function keepTip(view) {
  if (view.tipFor) showFocusTip(view, view.tipFor);
  else hideTip(view);
}

export function hideTip(view) {
  view.tip.hidden = true;
  view.tipFor = null;
}

// Wires are thin: the nearest one within a few pixels.
function wireAt(view, spot) {
  const reach = NEAR / view.camera.scale;
  let [best, nearest] = [null, reach];
  for (const wire of view.wires) {
    const { x, y, width, height } = wire.box;
    if (spot.x < x - reach || spot.x > x + width + reach || spot.y < y - reach || spot.y > y + height + reach) continue;
    const distance = distanceTo(wire.points, spot);
    if (distance < nearest) [best, nearest] = [wire, distance];
  }
  return best;
}

// A path of cubic curves, walked in short steps.
function distanceTo(points, { x, y }) {
  let nearest = Infinity;
  for (let i = 0; i + 7 < points.length; i += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = points.slice(i, i + 8);
    const steps = clamp(Math.ceil((Math.abs(x3 - x0) + Math.abs(y3 - y0)) / 4), 4, 200);
    for (let step = 0; step <= steps; step++) {
      const t = step / steps;
      const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
      nearest = Math.min(
        nearest,
        Math.hypot(a * x0 + b * x1 + c * x2 + d * x3 - x, a * y0 + b * y1 + c * y2 + d * y3 - y),
      );
    }
  }
  return nearest;
}
