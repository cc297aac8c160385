// Places in lines of things, some of them missing: where an arrow leads, and where something is in another table.

/**
 * By row, the headings' row first, and by column; null where a net has no such part.
 *
 * @template Thing
 * @typedef {(Thing | null)[][]} Lines
 */

/**
 * The next thing that is there, over the gaps; null at the edge.
 *
 * @template Thing
 * @param {Lines<Thing>} lines
 * @param {number} at
 * @param {number} column
 * @param {{ down: number, across: number }} way
 */
export function nextThing(lines, at, column, { down, across }) {
  for (let y = at + down, x = column + across; lines[y]?.[x] !== undefined; y += down, x += across) {
    const thing = lines[y][x];
    if (thing !== null) return thing;
  }
  return null;
}

/**
 * The first thing of a line, or its last; null in an empty one.
 *
 * @template Thing
 * @param {(Thing | null)[]} line
 * @param {"first" | "last"} end
 */
export function endThing(line, end) {
  const there = line.filter((thing) => thing !== null);
  return there.at(end === "first" ? 0 : -1) ?? null;
}

/**
 * The thing of the row of this name, or at the same height, and of the same column or the last one. The headings' row
 * has no name.
 *
 * @template Thing
 * @param {Lines<Thing>} lines
 * @param {string[]} names of the rows, without the headings'
 * @param {{ row: string, at: number, column: number }} last where it was
 */
export function sameThing(lines, names, { row, at, column }) {
  const known = row ? names.indexOf(row) : -1;
  const line = lines[known >= 0 ? known + 1 : Math.min(at, lines.length - 1)];
  return line[Math.min(column, line.length - 1)] ?? endThing(line, "first");
}
