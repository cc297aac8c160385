// Keys and mouse, in a dialog of the browser's own.

import { element, pushButton } from "../../../browser/element.js";

/** @import { GraphWords } from "../../../payloads.d.ts" */

/**
 * @param {GraphWords} words
 * @param {AbortSignal} on
 */
export function makeHelp(words, on) {
  const help = element("dialog", "help");
  help.setAttribute("aria-label", words.help);
  const list = element("dl");
  for (const [keys, what] of words.keys) list.append(element("dt", "", keys), element("dd", "", what));
  const close = pushButton(words.close, words.close, () => help.close(), on);
  help.append(element("h3", "", words.help), list, close);
  help.addEventListener("click", (event) => event.target === help && help.close(), { signal: on });
  return help;
}
