// The sidebar on narrow screens: folded at first, since it takes a third of a tablet, and folded again on a phone, where
// it covers the page, once a net or a page has been chosen in it.

const TABLET = 1_000;
/** Pixels up to which Streamlit lays the sidebar over the page, and folds it at first by itself. */
const PHONE = 768;
/** What chooses a net or a page. */
const CHOICES = '.st-key-w_preset, .st-key-w_digits, .st-key-w_paper, [data-testid="stPageLink-NavLink"]';

let isWatched = false;

/** Once per page: folds the sidebar of a narrow screen, and watches what is chosen in it. */
export function tendSidebar() {
  if (isWatched) return;
  isWatched = true;
  if (innerWidth <= TABLET) foldSidebar();
  let hasChosen = false;
  // On its way down: the widgets keep it to themselves.
  const note = (/** @type {Event} */ { target }) => {
    hasChosen = target instanceof Element && isChoice(target);
  };
  document.addEventListener("pointerdown", note, { capture: true });
  // The title names page and net: it changes when the page has taken the choice.
  const title = document.querySelector("title");
  if (!title) return;
  new MutationObserver(() => {
    if (hasChosen && innerWidth <= PHONE) foldSidebar();
    hasChosen = false;
  }).observe(title, { childList: true });
}

/** @param {Element} pressed */
function isChoice(pressed) {
  // The options of a list stand outside of it.
  return Boolean(
    pressed.closest(CHOICES) ||
      (pressed.closest('[role="option"]') && document.querySelector('.st-key-w_paper [aria-expanded="true"]')),
  );
}

function foldSidebar() {
  const sidebar = document.querySelector('[data-testid="stSidebar"]');
  if (!sidebar || sidebar.getBoundingClientRect().right <= 0) return;
  /** @type {HTMLElement | null} */
  const button = sidebar.querySelector('[data-testid="stSidebarCollapseButton"] button');
  button?.click();
}
