// The keys that debuggers have, wherever in the walk the keyboard is; what has keys of its own keeps them.

import { element, handled, targetOf } from "../../../browser/element.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Player } from "../playing/player.js" */
/** @import { Steps } from "../playing/steps.js" */

const OF_BUTTONS = new Set([" ", "Enter"]);
const OF_SLIDERS = new Set(["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"]);

/** @type {Map<string, (steps: Steps, player: Player) => void>} */
const ACTS = new Map([
  ["ArrowRight", (steps) => steps.stepOn()],
  ["ArrowLeft", (steps) => steps.stepBack()],
  ["ArrowDown", (steps) => steps.stepOver()],
  ["ArrowUp", (steps) => steps.stepOut()],
  ["F11", (steps) => steps.stepOn()],
  ["F10", (steps) => steps.stepOver()],
  ["Shift+F11", (steps) => steps.stepOut()],
  ["F8", (steps) => steps.runOn()],
  [" ", (_steps, player) => player.toggle()],
  ["n", (steps) => steps.nextStage()],
  ["Home", (steps) => steps.first()],
  ["End", (steps) => steps.last()],
]);

/**
 * @param {HTMLElement} root
 * @param {Steps} steps
 * @param {Player} player
 * @param {AbortSignal} on
 */
export function listenToKeys(root, steps, player, on) {
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (!steps.position || event.ctrlKey || event.metaKey || event.altKey || isOfTarget(event)) return;
    const act = ACTS.get(event.shiftKey && event.key.startsWith("F") ? `Shift+${event.key}` : event.key);
    if (!act) return;
    handled(event);
    act(steps, player);
  };
  root.addEventListener("keydown", press, { signal: on });
}

/**
 * Does what has the keyboard need the key itself?
 *
 * @param {KeyboardEvent} event
 */
function isOfTarget(event) {
  const target = targetOf(event);
  if (target?.closest("select")) return true;
  if (target?.closest("button") && OF_BUTTONS.has(event.key)) return true;
  return target instanceof HTMLInputElement && target.type === "range" && OF_SLIDERS.has(event.key);
}

/** @param {WalkWords} words */
export function makeKeysHelp(words) {
  const box = element("details", "keys");
  const list = element("dl");
  for (const [key, text] of words.keys) list.append(element("dt", "", key), element("dd", "", text));
  box.append(element("summary", "", words.keysTitle), list);
  return box;
}
