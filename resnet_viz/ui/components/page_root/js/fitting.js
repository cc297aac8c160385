// The structure table on a projector: all of it in sight, as large as that allows. It measures its type by the same number
// as the page, so that number is found for it alone.

const TABLE = ".st-key-w_learn_table";
/** A table of few nets is not blown up beyond this. */
const LARGEST_TABLE = 1.5;
/** A table of many nets is not made unreadable either: what does not fit is scrolled. */
const SMALLEST_TABLE = 0.5;
const BORDERS = 4;
const HALVINGS = 6;

/** The shadow that holds the table, once it is there. */
export function shadowOfTable() {
  for (const { shadowRoot } of document.querySelectorAll(`${TABLE} *`)) if (shadowRoot) return shadowRoot;
  return null;
}

/** @param {boolean} isOn */
export function fitTable(isOn) {
  /** @type {HTMLElement | null} */
  const place = document.querySelector(TABLE);
  const shadow = shadowOfTable();
  const frame = shadow?.querySelector(".frame");
  /** @type {HTMLElement | null | undefined} */
  const grid = shadow?.querySelector(".grid");
  if (!place || !frame || !grid) return;
  if (!isOn) {
    place.style.removeProperty("--type-scale");
    return;
  }
  const usual = Number(document.documentElement.style.getPropertyValue("--type-scale")) || 1;
  const { paddingTop, paddingBottom } = getComputedStyle(place);
  const room = place.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom) - BORDERS;
  // Between what fits and what does not: halving.
  let [low, high] = [SMALLEST_TABLE * usual, LARGEST_TABLE * usual];
  for (let round = 0; round < HALVINGS; round++) {
    const middle = (low + high) / 2;
    place.style.setProperty("--type-scale", middle.toFixed(3));
    const fits = grid.offsetHeight <= room && frame.scrollWidth <= frame.clientWidth;
    [low, high] = fits ? [middle, high] : [low, middle];
  }
  place.style.setProperty("--type-scale", low.toFixed(3));
}
