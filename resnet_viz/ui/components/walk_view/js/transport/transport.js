// The controls of the player: which walk, step by step, playing and its speed, and where the step is.

import { element, pushButton } from "../../../browser/element.js";
import { sentence } from "../../../browser/words.js";
import { WALK_KINDS } from "../record/net.js";
import { setIcon } from "./icons.js";
import { Timeline } from "./timeline.js";

/** @import { WalkWords } from "../../../payloads.d.ts" */
/** @import { Breakpoints } from "../playing/breakpoints.js" */
/** @import { Player } from "../playing/player.js" */
/** @import { Position } from "../playing/position.js" */
/** @import { Steps } from "../playing/steps.js" */

/** @typedef {{ steps: Steps, player: Player, breakpoints: Breakpoints }} TransportParts */

const SPEEDS = [0.5, 1, 2, 5, 15];

export class Transport {
  bar = element("div", "transport");
  #words;
  #player;
  #breakpoints;
  #kinds;
  #buttons;
  #readout = element("output", "readout");
  #timeline;

  /**
   * @param {WalkWords} words
   * @param {TransportParts} parts
   * @param {AbortSignal} on
   */
  constructor(words, { steps, player, breakpoints }, on) {
    this.#words = words;
    this.#player = player;
    this.#breakpoints = breakpoints;
    this.#kinds = makeKinds(words, steps, on);
    this.#buttons = makeButtons(words, steps, player, on);
    this.#timeline = new Timeline(words, steps, on);
    const buttons = makeGroup("buttons", words.controls, Object.values(this.#buttons));
    buttons.append(makeSpeed(words, player, on));
    this.bar.append(makeGroup("kinds", words.walk, this.#kinds), buttons, this.#readout, this.#timeline.box);
  }

  /** @param {Position} position */
  showPath(position) {
    this.#timeline.showPath(position);
  }

  /** @param {Position} position */
  show(position) {
    const { walk, step } = position;
    const part = walk.partOf(step);
    const said = sentence(this.#words.stepOf, { n: step + 1, total: walk.length });
    this.#readout.textContent = part ? `${said} · ${part}` : said;
    this.#timeline.show(position, `${said}, ${walk.functionOf(step)}, ${walk.where(step)}`);
    for (const button of this.#kinds) button.setAttribute("aria-pressed", String(button.dataset.kind === walk.kind));
    this.#showWays(position);
    this.#showPlay();
  }

  /**
   * Where one can go from here.
   *
   * @param {Position} position
   */
  #showWays({ walk, step, isFirst, isLast }) {
    const buttons = this.#buttons;
    buttons.first.disabled = buttons.back.disabled = isFirst;
    buttons.step.disabled = buttons.play.disabled = isLast;
    buttons.over.disabled = isLast || walk.overOf(step) === null;
    buttons.out.disabled = walk.outOf(step) === null;
    buttons.stage.disabled = !walk.marks.some(([at]) => at > step);
    buttons.stop.disabled = this.#breakpoints.isEmpty || isLast;
  }

  #showPlay() {
    const { play } = this.#buttons;
    const label = this.#player.isPlaying ? this.#words.pause : this.#words.play;
    setIcon(play, this.#player.isPlaying ? "pause" : "play");
    play.title = label;
    play.setAttribute("aria-label", label);
  }
}

/**
 * @param {string} className
 * @param {string} label
 * @param {HTMLElement[]} parts
 */
function makeGroup(className, label, parts) {
  const group = element("div", className);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  group.append(...parts);
  return group;
}

/**
 * @param {WalkWords} words
 * @param {Steps} steps
 * @param {AbortSignal} on
 */
function makeKinds(words, steps, on) {
  const titles = { build: words.buildTitle, forward: words.forwardTitle };
  return WALK_KINDS.map((kind) => {
    const button = pushButton(words[kind], titles[kind], () => steps.chooseKind(kind), on);
    button.dataset.kind = kind;
    return button;
  });
}

/**
 * @param {WalkWords} words
 * @param {Steps} steps
 * @param {Player} player
 * @param {AbortSignal} on
 */
function makeButtons(words, steps, player, on) {
  /**
   * @param {"first" | "back" | "step" | "over" | "out" | "stage" | "play" | "runOn"} key
   * @param {string} label
   * @param {() => void} act
   */
  const make = (key, label, act) => {
    const button = pushButton(label, words[key], act, on);
    button.setAttribute("aria-label", words[key]);
    button.dataset.act = key;
    return button;
  };
  const buttons = {
    first: make("first", "", () => steps.first()),
    back: make("back", "", () => steps.stepBack()),
    step: make("step", words.stepWord, () => steps.stepOn()),
    over: make("over", words.overWord, () => steps.stepOver()),
    out: make("out", words.outWord, () => steps.stepOut()),
    stage: make("stage", words.stageWord, () => steps.nextStage()),
    play: make("play", "", () => player.toggle()),
    stop: make("runOn", "", () => steps.runOn()),
  };
  setIcon(buttons.first, "first");
  setIcon(buttons.back, "back");
  setIcon(buttons.play, "play");
  setIcon(buttons.stop, "stop");
  return buttons;
}

/**
 * @param {WalkWords} words
 * @param {Player} player
 * @param {AbortSignal} on
 */
function makeSpeed(words, player, on) {
  const label = element("label", "speed");
  label.append(element("span", "", words.speed));
  const chooser = element("select");
  for (const speed of SPEEDS) {
    const option = element("option", "", `${speed}×`);
    option.value = String(speed);
    chooser.append(option);
  }
  chooser.value = String(player.speed);
  const choose = () => {
    player.speed = Number(chooser.value);
  };
  chooser.addEventListener("change", choose, { signal: on });
  label.append(chooser);
  return label;
}
