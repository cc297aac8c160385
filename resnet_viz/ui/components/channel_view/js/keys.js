// By keyboard: a cursor over the tiles, and one over the cells of the large channel.

import { handled } from "../../browser/element.js";
import { arrowOf, hasModifier } from "../../browser/grid.js";

/** @import { Choice } from "./choice.js" */
/** @import { Large } from "./large.js" */
/** @import { Pointing } from "./point.js" */
/** @import { Tiles } from "./tiles.js" */

/**
 * @param {Tiles} tiles
 * @param {Choice} choice
 * @param {(place: number) => void} choose
 * @param {AbortSignal} on
 */
export function listenToTileKeys(tiles, choice, choose, on) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const last = tiles.count - 1;
    if (hasModifier(event) || last < 0) return;
    const way = arrowOf(event);
    if (way) {
      // Left and right go on in the next row.
      const to = tiles.cursor + way.across + way.down * tiles.columns;
      if (to >= 0 && to <= last) tiles.moveCursor(to);
    } else if (event.key === "Home") tiles.moveCursor(0);
    else if (event.key === "End") tiles.moveCursor(last);
    else if (event.key === "Enter" || event.key === " ") choose(tiles.cursor);
    else if (event.key === "Escape" && choice.chosen !== null) choice.choose(null);
    else return;
    handled(event);
  };
  tiles.pane.addEventListener("keydown", onKey, { signal: on });
}

/**
 * @param {Large} large
 * @param {Pointing} pointing
 * @param {(words: string) => void} say
 * @param {AbortSignal} on
 */
export function listenToCellKeys(large, pointing, say, on) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const way = arrowOf(event);
    if (!way || hasModifier(event)) return;
    const { row, column } = large.cell;
    large.setCell({ row: row + way.down, column: column + way.across });
    const { lines, field } = pointing.tell(large.cell);
    say([...lines, field].filter(Boolean).join(", "));
    large.frameCell();
    handled(event);
  };
  const stop = () => {
    large.unframeCell();
    pointing.leave();
  };
  large.pane.addEventListener("keydown", onKey, { signal: on });
  large.pane.addEventListener("focus", () => large.frameCell(), { signal: on });
  large.pane.addEventListener("blur", stop, { signal: on });
}

/**
 * The keyboard goes back to the tiles.
 *
 * @param {Large} large
 * @param {Tiles} tiles
 * @param {Choice} choice
 * @param {AbortSignal} on
 */
export function listenToEscape(large, tiles, choice, on) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    tiles.pane.focus({ preventScroll: true });
    choice.choose(null);
    handled(event);
  };
  large.element.addEventListener("keydown", onKey, { signal: on });
}
