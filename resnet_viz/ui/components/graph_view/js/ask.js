// Asking for drawings. Python says which one is to be shown; what is done here is shown ahead of its word, and its
// word is then what was expected. Each question waits for the answer to the one before, for it may build on it.

import { announce } from "../../browser/words.js";
import { bringDrawing } from "./change.js";
import { levelAddress } from "./ready.js";

// Something was done that changes the drawing: show what comes of it, and then go on.
export function askAhead(view, change, goOn = () => {}) {
  askNext(view, async (now) => {
    // Nothing may be shown yet that could be changed; what is refused, Python tells.
    const level = levelAddress(view, now, change);
    const drawn = now === null ? null : await (level ? findDrawing(view, level) : fetchDrawing(view, now, change));
    if (drawn === null || drawn.address === now) {
      goOn();
      return now;
    }
    view.expected.push(drawn.address);
    bringDrawing(view, drawn, goOn);
    return drawn.address;
  });
}

// Python says which drawing is to be shown. What was expected is there already, or on its way.
export function takeAddress(view, address) {
  if (address === view.said) return;
  view.said = address;
  const at = view.expected.indexOf(address);
  view.expected = at < 0 ? [] : view.expected.slice(at + 1);
  if (view.expected.length) return; // More was done here since.
  askNext(view, async (now) => {
    if (now === address || address !== view.said) return now;
    const drawn = await findDrawing(view, address);
    if (drawn === null) {
      view.said = null; // The next word is to try again.
      showTrouble(view);
      return now;
    }
    bringDrawing(view, drawn);
    return address;
  });
}

// The same drawing, as the server says it now.
export function askAgain(view) {
  askNext(view, async (now) => {
    const drawn = now === null ? null : await fetchDrawing(view, now);
    if (drawn) bringDrawing(view, drawn);
    return now;
  });
}

function askNext(view, ask) {
  view.asking += 1;
  tellBusy(view);
  view.target = view.target.then(async (now) => {
    try {
      return view.isClosed ? now : await ask(now);
    } finally {
      view.asking -= 1;
      tellBusy(view);
    }
  });
}

function findDrawing(view, address) {
  return view.ready.get(address) ?? fetchDrawing(view, address);
}

// The drawing of an address, or of what comes of it by a change; null where there is none to be had.
export async function fetchDrawing(view, address, change = {}) {
  const asked = new URLSearchParams(address);
  for (const [key, value] of Object.entries({ ...change, lang: view.data.language })) asked.set(key, value);
  try {
    const answer = await fetch(new URL(`${view.data.route}?${asked}`, document.baseURI), {
      signal: view.closing.signal,
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export function showTrouble(view) {
  if (view.isClosed) return;
  announce(view, view.data.words.trouble);
  view.trouble.classList.remove("none");
}

// Whoever waits for the page, a screen reader or a test, is told.
export function tellBusy(view) {
  view.root.setAttribute("aria-busy", String(view.asking > 0 || view.coming !== null));
}

// A click on a widget of the page's own is seen here, too, before Python hears of it. Should it not be found one day,
// the drawing comes a little later.
export function listenAhead(view, on) {
  const look = (event) => {
    const button = event.target.closest?.("button");
    for (const [key, changes] of Object.entries(button ? view.data.ahead : {})) {
      const holder = button.closest(`.st-key-${key}`);
      // A widget may also hold a button of another kind, for its help.
      const isAlike = (other) => other.getAttribute("role") === button.getAttribute("role");
      const change = holder && changes[[...holder.querySelectorAll("button")].filter(isAlike).indexOf(button)];
      const isChosen = ["aria-checked", "aria-pressed"].some((name) => button.getAttribute(name) === "true");
      if (change && !button.disabled && !isChosen) askAhead(view, change);
    }
  };
  document.addEventListener("click", look, { signal: on, capture: true });
}
