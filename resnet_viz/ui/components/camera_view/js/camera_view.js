// Puts a view together. Called again with the same parentElement whenever data or theme change: one view per element
// is kept, listeners are bound once, and all of them go with the view, as does the camera.

import { element } from "../../browser/element.js";
import { turnOff, turnOn } from "./camera.js";
import { removePicture, setLive, takePhotograph } from "./frames.js";

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".camera-view");
  if (!root || !data) return undefined;
  let view = views.get(root);
  if (!view) {
    view = makeView(root, data);
    views.set(root, view);
    turnOn(view);
  }
  view.trigger = setTriggerValue;
  if (view.words.live !== data.words.live) takeWords(view, data.words);
  view.answered = data.answered;
  view.hasPicture = data.hasPicture;
  showButtons(view);
  return () => closeView(view);
}

function makeView(root, { words, answered }) {
  const view = {
    root,
    words,
    answered,
    number: answered,
    hasPicture: false,
    saidKey: "",
    closing: new AbortController(),
    stream: null,
    isStarting: false,
    isOff: false,
    isLive: false,
    wantsPhotograph: false,
    isGrabbing: false,
    timer: 0,
    sentAt: -Infinity,
    restedSince: 0,
  };
  const on = view.closing.signal;
  view.video = element("video");
  view.video.muted = true;
  view.video.playsInline = true;
  view.told = element("p", "told");
  view.told.setAttribute("role", "status");
  view.liveButton = button("", () => setLive(view, !view.isLive), on);
  view.photographButton = button("", () => takePhotograph(view), on);
  view.powerButton = button("", () => switchPower(view), on);
  view.removeButton = button("", () => removePicture(view), on);
  const screen = element("div", "screen");
  const takeShape = () => {
    screen.style.aspectRatio = `${view.video.videoWidth} / ${view.video.videoHeight}`;
  };
  view.video.addEventListener("resize", () => view.video.videoWidth > 0 && takeShape(), { signal: on });
  screen.append(view.video, view.told);
  const row = element("div", "row");
  row.append(view.liveButton, view.photographButton, view.powerButton, view.removeButton);
  view.root.replaceChildren(screen, row);
  takeWords(view, words);
  return view;
}

function takeWords(view, words) {
  view.words = words;
  view.video.setAttribute("aria-label", words.video);
  view.liveButton.textContent = words.live;
  view.liveButton.title = words.liveTitle;
  view.photographButton.textContent = words.photograph;
  view.removeButton.textContent = words.remove;
  if (view.saidKey) view.told.textContent = words[view.saidKey];
}

function button(words, act, on) {
  const made = element("button", "", words);
  made.type = "button";
  made.addEventListener("click", act, { signal: on });
  return made;
}

function isOn(view) {
  return !view.isOff && (view.stream !== null || view.isStarting);
}

function switchPower(view) {
  view.isOff = isOn(view);
  if (view.isOff) turnOff(view);
  else if (view.isStarting) say(view, "starting");
  else turnOn(view);
}

// Why there is no picture; no key says that there is one.
export function say(view, key) {
  view.saidKey = key;
  view.told.textContent = key ? view.words[key] : "";
  view.told.hidden = !key;
  showButtons(view);
}

export function showButtons(view) {
  const { words, stream } = view;
  view.liveButton.setAttribute("aria-pressed", String(view.isLive));
  view.liveButton.hidden = !stream;
  view.photographButton.hidden = !stream;
  view.powerButton.textContent = isOn(view) ? words.turnOff : words.turnOn;
  view.removeButton.hidden = !view.hasPicture;
}

function closeView(view) {
  view.closing.abort();
  turnOff(view);
  views.delete(view.root);
  view.root.replaceChildren();
}
