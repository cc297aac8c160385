// Where tiles lie on their board.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boardSize,
  cellAt,
  cellOfOne,
  GAP,
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

test("few tiles are larger than many, and each cell is enlarged by a whole factor", () => {
  const zooms = [16, 17, 65].map((count) => layOut(page(count, 14), 1000).zoom);
  assert.deepEqual(zooms, [8, 5, 3]);
});

test("as many tiles stand in a row as there is room for, and no more than there are", () => {
  // 64 tiles of 14 cells, 5 pixels each: a pitch of 74; 8 in 8 · 74 + 4 = 596 pixels.
  assert.deepEqual(
    [596, 595, 10_000].map((room) => layOut(page(64, 14), room).columns),
    [8, 7, 64],
  );
});

test("tiles are made smaller until two fit beside each other, unless a cell is a pixel", () => {
  assert.deepEqual(layOut(page(64, 14), 120), { zoom: 3, columns: 2, pitch: { x: 46, y: 46 } });
  assert.deepEqual(layOut(page(64, 127), 130), { zoom: 1, columns: 1, pitch: { x: 131, y: 131 } });
});

test("the board is never higher than a canvas may be, as long as cells can be made smaller", () => {
  const many = page(256, 1, 100);
  const grid = layOut(many, 30);
  assert.ok(boardSize(many, grid).height <= 16_000 || grid.zoom === 1);
});

test("the board has room for all tiles and the gaps around them", () => {
  const tiles = page(5, 10, 20);
  const grid = { zoom: 2, columns: 3, pitch: { x: 24, y: 44 } };
  assert.deepEqual(boardSize(tiles, grid), { width: 3 * 24 + GAP, height: 2 * 44 + GAP });
  assert.deepEqual(spotOf(grid, 4), { x: GAP + 24, y: GAP + 44 });
  assert.deepEqual(boardSize(page(0, 10), { ...grid, columns: 0 }), { width: GAP, height: 0 });
});

test("each cell is found where it is drawn, and none over a gap or beyond the last tile", () => {
  const tiles = page(5, 10, 20);
  const grid = { zoom: 2, columns: 3, pitch: { x: 24, y: 44 } };
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
    { x: 3, y: 10 },
    { x: GAP + 20, y: 10 },
    { x: 10, y: GAP + 40 },
    { x: GAP + 2 * 24, y: GAP + 44 },
    { x: GAP + 3 * 24, y: GAP },
    { x: GAP, y: GAP + 2 * 44 },
  ];
  assert.deepEqual(
    nowhere.map((spot) => cellAt(tiles, grid, spot)),
    nowhere.map(() => null),
  );
});

test("the large channel fits beside its scale, between 120 and 320 pixels", () => {
  assert.deepEqual(
    [50, 300, 2000].map((room) => largeZoom(page(1, 14), room)),
    [8, 14, 22],
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
