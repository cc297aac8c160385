// What is to be brought into sight, once everything has changed: the page is then laid out once.

export class Sight {
  /** @type {(() => void)[]} */
  #acts = [];

  /**
   * What must know where things stand.
   *
   * @param {() => void} act
   */
  later(act) {
    this.#acts.push(act);
  }

  now() {
    for (const act of this.#acts.splice(0)) act();
  }
}

/**
 * Only within its own box: the page stays where it is.
 *
 * @param {HTMLElement} pane
 * @param {HTMLElement} row
 */
export function scrollToRow(pane, row) {
  const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
  const margin = Math.min(90, pane.clientHeight / 4);
  if (top >= pane.scrollTop + margin && bottom <= pane.scrollTop + pane.clientHeight - margin) return;
  pane.scrollTop = Math.max(0, top - pane.clientHeight * 0.35);
}
