// Drawings that are likely to be wanted next, fetched and read while there is nothing else to do: the same net at its
// other levels. Large ones are left until somebody asks.

import { fetchDrawing } from "./ask.js";
import { indexDrawing, readDrawing } from "./drawing.js";

const READY_AFTER_MS = 500;
const READY_SLICE_MS = 8;
const MOST_READY_BOXES = 600;

// After each drawing. What belongs to another net is let go.
export function prepareNext(view) {
  clearTimeout(view.readyTimer);
  const wanted = Object.values(view.drawn.levels).map(({ address }) => address);
  for (const address of view.ready.keys()) if (!wanted.includes(address)) view.ready.delete(address);
  if (navigator.connection?.saveData) return;
  view.isPreparing = true;
  view.readyTimer = setTimeout(() => prepareLevels(view, view.drawn), READY_AFTER_MS);
}

async function prepareLevels(view, drawn) {
  const { language } = view.data;
  const isOver = () => {
    return view.isClosed || view.drawn !== drawn || view.coming !== null || view.data.language !== language;
  };
  for (const { address, boxes } of Object.values(drawn.levels)) {
    if (address === drawn.address || boxes > MOST_READY_BOXES) continue;
    const found = view.ready.get(address) ?? (await fetchDrawing(view, address));
    if (isOver()) return;
    if (!found) continue;
    view.ready.set(address, found);
    await readInIdle(found, isOver);
  }
  if (!isOver()) view.isPreparing = false;
}

async function readInIdle(drawn, isOver) {
  if (drawn.read) return;
  const steps = readingSteps(drawn);
  while (!isOver()) {
    await new Promise((goOn) => (window.requestIdleCallback ?? setTimeout)(goOn));
    const end = performance.now() + READY_SLICE_MS;
    for (let step = {}; !step.done && performance.now() < end; ) {
      step = steps.next();
      if (!step.done) continue;
      drawn.read = step.value;
      return;
    }
  }
}

// The root of a drawing and what is in it; null if it is no drawing.
function* readingSteps(drawn) {
  const svg = yield* readDrawing(drawn.svg);
  return svg ? { ...(yield* indexDrawing(svg)), svg } : null;
}

// What was read is put into the page, and is then no longer there to be taken.
export function* takeReading(drawn) {
  const read = drawn.read ?? (yield* readingSteps(drawn));
  drawn.read = null;
  return read;
}

// A whole net at a level: its address is known without asking.
export function levelAddress(view, now, change) {
  return change.do === "level" && now === view.drawn.address ? (view.drawn.levels[change.what]?.address ?? null) : null;
}
