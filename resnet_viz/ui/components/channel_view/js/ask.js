// Asking for tiles. Python says which are to be shown; what is chosen in the drawing is asked for ahead of its word, and
// its word is then what was expected.

import { announce } from "../../browser/words.js";
import { showPage } from "./channel_view.js";
import { unpack } from "./unpack.js";

const CHOSEN = "resnet-viz:chosen";

export function listenToChoices(view, on) {
  document.addEventListener(CHOSEN, ({ detail }) => askAhead(view, detail.id), { signal: on });
}

// Another node, the rest as it is. Should it be refused, Python tells why.
function askAhead(view, id) {
  const asked = new URLSearchParams(view.asked ?? view.said);
  asked.set("node", id ?? "");
  const address = asked.toString();
  if (address === view.asked) return;
  view.expected.push(address);
  ask(view, address);
}

export function takeWord(view, word) {
  const address = new URLSearchParams(word).toString();
  if (address === view.said) return;
  view.said = address;
  const at = view.expected.indexOf(address);
  view.expected = at < 0 ? [] : view.expected.slice(at + 1);
  if (view.expected.length || address === view.asked) return; // More was done here since, or it is on its way.
  ask(view, address);
}

// Only the answer to the last question counts.
async function ask(view, address) {
  view.question?.abort();
  const question = new AbortController();
  Object.assign(view, { question, asked: address });
  view.root.setAttribute("aria-busy", "true");
  const { page, trouble } = await fetchPage(view, address, question.signal);
  if (view.question !== question || view.closing.signal.aborted) return;
  view.root.setAttribute("aria-busy", "false");
  if (page) showPage(view, page);
  else view.asked = null; // The next word is to try again.
  showTrouble(view, page || address !== view.said ? "" : (trouble ?? view.data.words.trouble));
}

async function fetchPage(view, address, signal) {
  try {
    const answer = await fetch(new URL(`${view.data.route}?${address}`, document.baseURI), { signal });
    if (answer.ok) return { page: unpack(await answer.arrayBuffer(), view.data.words) };
    return { trouble: (await answer.json()).error };
  } catch {
    return {};
  }
}

function showTrouble(view, words) {
  view.trouble.textContent = words;
  view.trouble.hidden = !words;
  if (words) announce(view, words);
}
