// Work in slices: a generator is run for a moment, then the page has its turn.

const SLICE_MS = 40;
const IDLE_SLICE_MS = 8;

/**
 * What is quickly done is done at once; the rest goes on after the page had its turn.
 *
 * @param {Generator<void, void, void>} steps
 * @param {() => boolean} isOver
 */
export function runSteps(steps, isOver) {
  const end = performance.now() + SLICE_MS;
  while (!isOver()) {
    if (steps.next().done) return;
    if (performance.now() > end) {
      soon(() => runSteps(steps, isOver));
      return;
    }
  }
}

/**
 * Only while there is nothing else to do.
 *
 * @param {Generator<void, void, void>} steps
 * @param {() => boolean} isOver
 */
export async function runInIdle(steps, isOver) {
  while (!isOver()) {
    await new Promise((goOn) => (window.requestIdleCallback ?? setTimeout)(goOn));
    const end = performance.now() + IDLE_SLICE_MS;
    while (performance.now() < end) if (steps.next().done) return;
  }
}

/**
 * Before the page's other work, which may be much after a click, and after the frame that is due.
 *
 * @param {() => void} act
 */
export function soon(act) {
  if (window.scheduler?.postTask) window.scheduler.postTask(act, { priority: "user-blocking" });
  else setTimeout(act);
}
