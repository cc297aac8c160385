// The controls of the player, and the slider with the places where stem, stages and head begin.

import { element, pushButton, SVG } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { sentence } from "../../browser/words.js";
import { whereWords } from "./panel.js";
import { functionOf, markAt, outOf, overOf } from "./record.js";
import { go, nextStage, pause, runOn, stepBack, stepOn, stepOut, stepOver, togglePlay } from "./steps.js";
import { chooseKind, moveTo } from "./walk_view.js";

// Drawn, for not every font has such signs.
const ICONS = {
  first: "M2 3h2v10H2zM14 3v10L5 8z",
  back: "M12 3v10L4 8z",
  play: "M4 3v10l9-5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  stop: "M1 3v10l8-5zM12 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
};
const SPEEDS = [0.5, 1, 2, 5, 15];

export function makeTransport(view, on) {
  const { words } = view.data;
  const bar = element("div", "transport");
  const kinds = element("div", "kinds");
  kinds.setAttribute("role", "group");
  kinds.setAttribute("aria-label", words.walk);
  view.kindButtons = ["build", "forward"].map((kind) => {
    const button = pushButton(words[kind], words[`${kind}Title`], () => chooseKind(view, kind), on);
    button.dataset.kind = kind;
    return button;
  });
  kinds.append(...view.kindButtons);
  const buttons = element("div", "buttons");
  buttons.setAttribute("role", "group");
  buttons.setAttribute("aria-label", words.controls);
  const make = (key, label, act) => {
    const button = pushButton(label, words[key], act, on);
    button.setAttribute("aria-label", words[key]);
    button.dataset.act = key;
    return button;
  };
  view.buttons = {
    first: make("first", "", () => go(view, 0)),
    back: make("back", "", () => stepBack(view)),
    step: make("step", words.stepWord, () => stepOn(view)),
    over: make("over", words.overWord, () => stepOver(view)),
    out: make("out", words.outWord, () => stepOut(view)),
    stage: make("stage", words.stageWord, () => nextStage(view)),
    play: make("play", "", () => togglePlay(view)),
    stop: make("runOn", "", () => runOn(view)),
  };
  for (const name of ["first", "back", "play", "stop"]) setIcon(view.buttons[name], name);
  buttons.append(...Object.values(view.buttons), makeSpeed(view, on));
  view.readout = element("output", "readout");
  bar.append(kinds, buttons, view.readout, makeSlider(view, on));
  return bar;
}

function setIcon(button, name) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" })) {
    icon.setAttribute(key, value);
  }
  path.setAttribute("d", ICONS[name]);
  icon.append(path);
  button.replaceChildren(icon);
}

function makeSpeed(view, on) {
  const label = element("label", "speed");
  label.append(element("span", "", view.data.words.speed));
  const chooser = element("select");
  for (const speed of SPEEDS) {
    const option = element("option", "", `${speed}×`);
    option.value = speed;
    chooser.append(option);
  }
  chooser.value = 2;
  chooser.addEventListener("change", () => (view.speed = Number(chooser.value)), { signal: on });
  view.speed = 2;
  label.append(chooser);
  return label;
}

function makeSlider(view, on) {
  const box = element("div", "timeline");
  view.slider = element("input");
  view.slider.type = "range";
  view.slider.min = 0;
  view.slider.setAttribute("aria-label", view.data.words.slider);
  view.slider.addEventListener("input", () => slideTo(view, Number(view.slider.value)), { signal: on });
  view.band = element("div", "band");
  box.append(view.band, view.slider);
  return box;
}

function slideTo(view, place) {
  pause(view);
  moveTo(view, view.path[clamp(place, 0, view.path.length - 1)]);
}

// The parts of the walk in the colours of the drawing, each a button to where it begins.
export function showBand(view) {
  const { walk, path, placeOf } = view;
  const total = path.length;
  const spans = walk.marks.map((mark, n) => {
    const start = placeOf[mark[0]];
    const end = n + 1 < walk.marks.length ? placeOf[walk.marks[n + 1][0]] : total;
    return { mark, start, end };
  });
  view.band.replaceChildren(
    ...spans.map(({ mark, start, end }) => {
      const tick = pushButton(
        mark[1],
        sentence(view.data.words.toPart, { part: mark[1] }),
        () => go(view, mark[0]),
        view.closing.signal,
      );
      tick.className = `tick ${mark[2] === null ? mark[1] : `stage${mark[2] % 4}`}`;
      tick.style.left = `${(100 * start) / total}%`;
      tick.style.width = `${(100 * (end - start)) / total}%`;
      return tick;
    }),
  );
  view.slider.max = total - 1;
}

export function showTransport(view) {
  const { walk, path, placeOf, step, buttons } = view;
  const { words } = view.data;
  const place = placeOf[step];
  view.slider.value = place;
  const part = markAt(walk, step)?.[1];
  const said = sentence(words.stepOf, { n: step + 1, total: walk.length });
  view.readout.textContent = part ? `${said} · ${part}` : said;
  view.slider.setAttribute("aria-valuetext", `${said}, ${functionOf(walk, step)}, ${whereWords(walk, step)}`);
  buttons.first.disabled = buttons.back.disabled = place === 0;
  buttons.step.disabled = place === path.length - 1;
  buttons.over.disabled = buttons.step.disabled || overOf(walk, step) === null;
  buttons.out.disabled = outOf(walk, step) === null;
  buttons.stage.disabled = !walk.marks.some(([at]) => at > step);
  buttons.play.disabled = place === path.length - 1;
  setIcon(buttons.play, view.playing ? "pause" : "play");
  const label = view.playing ? words.pause : words.play;
  buttons.play.title = label;
  buttons.play.setAttribute("aria-label", label);
  buttons.stop.disabled = view.breakpoints.size === 0 || place === path.length - 1;
  for (const button of view.kindButtons) button.setAttribute("aria-pressed", String(button.dataset.kind === walk.kind));
}
