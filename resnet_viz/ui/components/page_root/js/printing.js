// On paper a table and a chart keep the width that they had in the window, so they are printed smaller.

/** Pixels across a sheet of paper, of A4 as of Letter, within the usual margins. */
const PAPER = 680;

/**
 * Before each print, set how much smaller: a number of the style sheet's.
 *
 * @param {AbortSignal} on
 */
export function fitPrint(on) {
  const fit = () => {
    const width = document.querySelector('[data-testid="stMainBlockContainer"]')?.clientWidth || PAPER;
    document.documentElement.style.setProperty("--print-scale", Math.min(1, PAPER / width).toFixed(3));
  };
  window.addEventListener("beforeprint", fit, { signal: on });
}
