// Where tiles lie on their board.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boardSize,
  cellAt,
  cellOfOne,
  GAP,
  LEAST_SIDE,
  largeZoom,
  layOut,
  spotOf,
} from "../../../resnet_viz/ui/components/channel_view/js/page/layout.js";
import { emptyPage } from "../../../resnet_viz/ui/components/channel_view/js/page/unpack.js";

/** @import { ChannelWords } from "../../../resnet_viz/ui/components/payloads.d.ts" */

/** @param {number} count @param {number} width */
const page = (count, width, height = width) => ({
  ...emptyPage(/** @type {ChannelWords} */ ({})),
  count,
  width,
  height,
});

/** @param {number} count @param {number} width @param {number} room */
function shared(count, width, room, height = width) {
  const tiles = page(count, width, height);
  const grid = layOut(tiles, room, 14);
  return { side: width * grid.zoom, used: boardSize(tiles, grid).width / room, grid };
}

test("few tiles are larger than many", () => {
  const sides = [16, 64, 256].map((count) => shared(count, 7, 1000).side);
  assert.ok(sides[0] > sides[1] && sides[1] > sides[2], String(sides));
});

test("at any width the tiles use it, and none is smaller than can be seen", () => {
  for (const width of [4, 7, 8, 14, 28, 56, 112, 127]) {
    for (const room of [260, 309, 340, 445, 600, 900, 1150, 1480]) {
      for (const count of [64, 256]) {
        const { side, used } = shared(count, width, room);
        const what = `${count} tiles of ${width} cells in ${room}: ${side} pixels each, ${used} of the width`;
        assert.ok(side >= LEAST_SIDE && used >= 0.9 && used <= 1, what);
      }
    }
  }
});

test("cells that are enlarged are alike, and what is left over lies between the tiles", () => {
  const { grid } = shared(64, 14, 340);
  assert.equal(grid.zoom, Math.floor(grid.zoom));
  assert.equal(grid.pitch.x, Math.floor((340 - GAP) / grid.columns));
  // More cells than there are pixels for them.
  assert.ok(shared(64, 112, 340).grid.zoom < 1);
});

test("no more stand in a row than there are, and a few are larger for it", () => {
  assert.equal(shared(3, 14, 1000).grid.columns, 3);
  assert.ok(shared(3, 14, 1000).side > shared(16, 14, 1000).side);
});

test("the board is never higher than a canvas may be, as long as cells can be made smaller", () => {
  const many = page(256, 1, 100);
  const grid = layOut(many, 30);
  assert.ok(boardSize(many, grid).height <= 16_000 || grid.zoom === 1);
});

test("the board has room for all tiles and the gaps around them", () => {
  const tiles = page(5, 10, 20);
  const grid = { zoom: 2, columns: 3, label: 10, pitch: { x: 24, y: 54 } };
  assert.deepEqual(boardSize(tiles, grid), { width: 3 * 24 + GAP, height: 2 * 54 + GAP });
  assert.deepEqual(spotOf(grid, 4), { x: GAP + 24, y: GAP + 10 + 54 });
  assert.deepEqual(boardSize(page(0, 10), { ...grid, columns: 0 }), { width: GAP, height: 0 });
});

test("each cell is found where it is drawn, and none over a gap or beyond the last tile", () => {
  const tiles = page(5, 10, 20);
  const grid = { zoom: 2, columns: 3, label: 10, pitch: { x: 24, y: 54 } };
  for (const place of [0, 2, 4]) {
    for (const [row, column] of [
      [0, 0],
      [19, 9],
      [7, 3],
    ]) {
      const { x, y } = spotOf(grid, place);
      for (const within of [0, 1.9]) {
        const spot = { x: x + 2 * column + within, y: y + 2 * row + within };
        assert.deepEqual(cellAt(tiles, grid, spot), { place, row, column });
      }
    }
  }
  const nowhere = [
    { x: 3, y: 20 },
    { x: GAP + 20, y: 20 },
    { x: 10, y: GAP + 9 }, // its number
    { x: 10, y: GAP + 10 + 40 },
    { x: GAP + 2 * 24, y: GAP + 10 + 54 },
    { x: GAP + 3 * 24, y: GAP + 10 },
    { x: GAP, y: GAP + 10 + 2 * 54 },
  ];
  assert.deepEqual(
    nowhere.map((spot) => cellAt(tiles, grid, spot)),
    nowhere.map(() => null),
  );
});

test("the large channel fits beside its scale, between 112 and 320 pixels", () => {
  assert.deepEqual(
    [50, 300, 2000].map((room) => largeZoom(page(1, 14), room)),
    [8, 15, 22],
  );
  assert.equal(largeZoom(page(1, 500), 2000), 1);
});

test("a cell of one tile is found within its edges", () => {
  const one = page(1, 4, 3);
  assert.deepEqual(cellOfOne(one, 10, { x: 39.5, y: 0 }), { row: 0, column: 3 });
  assert.deepEqual(
    [cellOfOne(one, 10, { x: 40, y: 0 }), cellOfOne(one, 10, { x: -1, y: 0 }), cellOfOne(one, 10, { x: 0, y: 30 })],
    [null, null, null],
  );
});
