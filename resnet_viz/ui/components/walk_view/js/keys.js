// The keys that debuggers have, wherever in the walk the keyboard is; what has keys of its own keeps them.

import { element } from "../../browser/element.js";
import { go, nextStage, runOn, stepBack, stepOn, stepOut, stepOver, togglePlay } from "./steps.js";

const KEYS = {
  ArrowRight: stepOn,
  ArrowLeft: stepBack,
  ArrowDown: stepOver,
  ArrowUp: stepOut,
  F11: stepOn,
  F10: stepOver,
  "Shift+F11": stepOut,
  F8: runOn,
  " ": togglePlay,
  n: nextStage,
  Home: (view) => go(view, 0),
  End: (view) => go(view, view.path.at(-1)),
};

export function listenToKeys(view, root, on) {
  const pressed = (event) => {
    const { target } = event;
    if (!view.walk || event.ctrlKey || event.metaKey || event.altKey || target.closest?.("select")) return;
    const isButton = target.closest?.("button") !== null;
    if (isButton && [" ", "Enter"].includes(event.key)) return;
    if (
      target.type === "range" &&
      ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)
    )
      return;
    const act = KEYS[event.shiftKey && event.key.startsWith("F") ? `Shift+${event.key}` : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(view);
  };
  root.addEventListener("keydown", pressed, { signal: on });
}

export function makeKeysHelp(view) {
  const box = element("details", "keys");
  box.append(element("summary", "", view.data.words.keysTitle));
  const list = element("dl");
  for (const [key, words] of view.data.words.keys) list.append(element("dt", "", key), element("dd", "", words));
  box.append(list);
  return box;
}
