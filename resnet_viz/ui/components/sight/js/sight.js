// Scrolls the page to one of its parts, once for each click that asks for it.

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { SightData } from "../../payloads.d.ts" */

let done = 0;

/** @param {FrontendRendererArgs<{}, SightData | null>} given */
export default function ({ data }) {
  if (!data || data.turn === done) return;
  const isNew = data.turn > done; // A new session begins to count anew.
  done = data.turn;
  if (!isNew) return;
  // What the click adds to the page comes after this: its place is known once it is there.
  window.setTimeout(() => scrollTo(data.key), 300);
}

/** @param {string} key */
function scrollTo(key) {
  const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(`.st-key-${key}`)?.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
}
