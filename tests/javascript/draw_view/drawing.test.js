// What is drawn: what undoing brings back, when Python hears of it, and who has the last word.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Drawing } from "../../../resnet_viz/ui/components/draw_view/js/drawing.js";
import { fileOf } from "../../../resnet_viz/ui/components/draw_view/js/file.js";

/** @import { DrawingMessage, DrawingWord } from "../../../resnet_viz/ui/components/draw_view/js/drawing.js" */

const SHAPE = { side: 16, cells: 4 };
const CELL = { row: 1, column: 2 };
const OTHER = fileOf(new Uint8Array(256).fill(7), 16);

/** @param {Partial<DrawingWord>} first */
function begun(first = {}) {
  const end = new AbortController();
  /** @type {DrawingMessage[]} */
  const sent = [];
  const drawing = new Drawing(SHAPE, (message) => sent.push(message), end.signal);
  const say = (/** @type {Partial<DrawingWord>} */ word) =>
    drawing.take({ turn: 0, session: "one", picture: null, ...word });
  say(first);
  return { drawing, sent, say, end };
}

/**
 * @param {Drawing} drawing
 * @param {number} y
 */
function stroke(drawing, y) {
  drawing.begin();
  drawing.inkAlong({ x: 4, y }, { x: 12, y });
  drawing.tellNow();
}

/** @param {() => void} act */
function withClock(act) {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    act();
  } finally {
    mock.timers.reset();
  }
}

test("each stroke is one message and one step back; an empty pad is no picture", () => {
  withClock(() => {
    const { drawing, sent } = begun({ turn: 5 });
    stroke(drawing, 4);
    const one = fileOf(drawing.levels, 16);
    stroke(drawing, 10);
    drawing.undo();
    assert.equal(fileOf(drawing.levels, 16), one);
    mock.timers.tick(1000);
    drawing.undo();
    mock.timers.tick(1000);
    assert.deepEqual([drawing.isEmpty, drawing.canUndo], [true, false]);
    assert.deepEqual(
      sent.map(({ number, picture }) => [number, picture === one, picture === null]),
      [
        [6, true, false],
        [7, false, false],
        [8, true, false],
        [9, false, true],
      ],
    );
  });
});

test("a clear is told at once, and undone, too", () => {
  const { drawing, sent } = begun();
  stroke(drawing, 4);
  drawing.clear();
  assert.deepEqual([drawing.isEmpty, sent.length, sent[1]?.picture], [true, 2, null]);
  drawing.undo();
  assert.equal(drawing.isEmpty, false);
});

test("a stroke that is given up was none", () => {
  const { drawing, sent } = begun();
  drawing.begin();
  drawing.inkAlong({ x: 4, y: 4 }, { x: 4, y: 4 });
  drawing.giveUp();
  assert.deepEqual([drawing.isEmpty, drawing.canUndo, sent], [true, false, []]);
});

test("several keys in a row are one message, also with a stroke behind them, and none comes after the end", () => {
  withClock(() => {
    const { drawing, sent, end } = begun();
    drawing.turnCell(CELL);
    mock.timers.tick(300);
    drawing.inkCell({ row: 0, column: 0 });
    mock.timers.tick(300);
    assert.deepEqual([drawing.isWaiting, sent], [true, []]);
    mock.timers.tick(300);
    assert.deepEqual([drawing.isWaiting, sent.length], [false, 1]);
    drawing.turnCell(CELL);
    drawing.begin();
    mock.timers.tick(1000);
    assert.equal(sent.length, 1);
    drawing.tellNow();
    assert.equal(sent.length, 2);
    drawing.turnCell(CELL);
    end.abort();
    mock.timers.tick(1000);
    assert.equal(sent.length, 2);
  });
});

test("a cell is inked unless it is ink for the most part", () => {
  withClock(() => {
    const { drawing } = begun();
    drawing.turnCell(CELL);
    assert.equal(drawing.inkOf(CELL), 1);
    drawing.turnCell(CELL);
    assert.equal(drawing.isEmpty, true);
    drawing.inkCell(CELL);
    drawing.inkCell(CELL);
    drawing.undo();
    assert.equal(drawing.isEmpty, true);
  });
});

test("what Python has is shown, and only that is news which is not shown already", () => {
  const { drawing, say, sent } = begun({ turn: 3, picture: OTHER });
  assert.deepEqual([drawing.levels[0], drawing.canUndo], [7, false]);
  stroke(drawing, 4);
  say({ turn: 4, picture: /** @type {string} */ (sent[0]?.picture) });
  assert.deepEqual([drawing.canUndo, sent.length], [true, 1]);
});

test("a word that does not know of what was drawn since takes nothing back", () => {
  const { drawing, say, sent } = begun();
  stroke(drawing, 4);
  stroke(drawing, 10);
  const both = drawing.levels.slice();
  say({ turn: 1, picture: /** @type {string} */ (sent[0]?.picture) });
  assert.deepEqual(drawing.levels, both);
  drawing.begin();
  say({ turn: 2, picture: OTHER });
  assert.deepEqual(drawing.levels, both);
  drawing.tellNow();
  say({ turn: 2, picture: OTHER });
  assert.equal(drawing.levels[0], 7);
});

test("a server that was started anew is told of the drawing", () => {
  const { drawing, say, sent } = begun();
  stroke(drawing, 4);
  const before = drawing.levels.slice();
  say({ session: "two" });
  assert.deepEqual(drawing.levels, before);
  assert.deepEqual(sent[1], { number: 1, picture: sent[0]?.picture });
});
