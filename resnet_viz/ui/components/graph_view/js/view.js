// The drawing's view: its parts, and what one does when another has something to say. Lower parts do not know the higher
// ones; they tell, and here is who listens.

import { atEnd, observeSize } from "../../browser/life.js";
import { listenToScaled, tellChosen } from "../../browser/page_events.js";
import { pageRegistry } from "../../browser/registry.js";
import { Panels } from "./around/panels.js";
import { Asking } from "./asking/asking.js";
import { Bringing } from "./asking/bringing.js";
import { Busy } from "./asking/busy.js";
import { Opening } from "./asking/opening.js";
import { Ready } from "./asking/ready.js";
import { Server } from "./asking/server.js";
import { Telling } from "./asking/telling.js";
import { listenToWidgets } from "./asking/widgets.js";
import { Width } from "./asking/width.js";
import { wrapAgain } from "./asking/wrapping.js";
import { Camera } from "./camera/camera.js";
import { oncePerFrame } from "./camera/frames.js";
import { FullScreen } from "./camera/full_screen.js";
import { Gestures } from "./camera/gestures.js";
import { Minimap } from "./camera/minimap.js";
import { placeTitles } from "./camera/titles.js";
import { Keyboard } from "./keyboard.js";
import { Marking } from "./marking.js";
import { Colours } from "./marks/colours.js";
import { Focus } from "./marks/focus.js";
import { Growing } from "./marks/growing.js";
import { Hits } from "./marks/hits.js";
import { Selection } from "./marks/selection.js";
import { Tip } from "./marks/tip.js";
import { Voice } from "./marks/voice.js";
import { Shown } from "./picture/shown.js";
import { listenToClicks } from "./pointing.js";
import { showPicture } from "./showing.js";

/** @import { GraphData, GraphMark } from "../../payloads.d.ts" */
/** @import { GraphPart, Growth } from "../../browser/registry.js" */
/** @import { Trigger } from "./asking/telling.js" */
/** @import { Picture } from "./picture/picture.js" */

const RESIZED_MS = 150;

/** @implements {GraphPart} */
export class GraphView {
  #root;
  #data;
  #on;
  #parts;
  #map;
  #marking;
  #panels;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resizing;

  /**
   * @param {HTMLElement} root
   * @param {GraphData} data
   * @param {AbortSignal} on
   */
  constructor(root, data, on) {
    this.#root = root;
    this.#data = data;
    this.#on = on;
    const growthNow = () => pageRegistry().growths.get(this.name) ?? null;
    this.#parts = makeParts(root, data, growthNow, on);
    const { shown, camera } = this.#parts;
    this.#map = new Minimap(root, shown, camera, on);
    this.#marking = new Marking(this.#parts);
    this.#panels = new Panels(this.#parts, data.words, on);
    this.#connect();
    this.#listen();
    this.#lay();
    this.takeMeasure();
    atEnd(on, () => {
      this.#leave();
      clearTimeout(this.#resizing);
    });
  }

  /** The drawing's key, by which marks and the walk find it. */
  get name() {
    return this.#data.graph;
  }

  get selected() {
    return this.#parts.selection.id;
  }

  get isPreparing() {
    return this.#parts.ready.isPreparing;
  }

  isBusy() {
    return this.#parts.busy.isBusy || this.#parts.telling.isUntold;
  }

  /** @param {GraphMark} mark */
  takeMark(mark) {
    this.#marking.take(mark);
  }

  takeMeasure() {
    const { shown, colours } = this.#parts;
    colours.takeMeasure(pageRegistry().measures.get(this.name) ?? null);
    if (shown.isDrawn) colours.shade();
  }

  takeGrowth() {
    this.#parts.growing.take();
  }

  /** @param {Trigger} trigger */
  takeTrigger(trigger) {
    this.#parts.telling.takeTrigger(trigger);
  }

  /**
   * Another theme, or other words; which drawing is to be shown, the mark says.
   *
   * @param {GraphData} data
   */
  update(data) {
    const { shown, colours, voice } = this.#parts;
    const isOtherLanguage = this.#data.language !== data.language;
    if (this.#data.graph !== data.graph) this.#leave();
    this.#data = data;
    pageRegistry().views.set(this.name, this);
    voice.takeWords(data.words);
    colours.takePaints(data);
    if (isOtherLanguage) this.#takeLanguage();
    if (shown.isDrawn) {
      if (colours.followTheme()) colours.shade();
      this.#panels.tellOf();
    }
    const mark = this.#mark;
    if (mark) this.takeMark(mark);
  }

  /** What Python says of this drawing. */
  get #mark() {
    return pageRegistry().marks.get(this.name) ?? null;
  }

  #leave() {
    const { views } = pageRegistry();
    if (views.get(this.name) === this) views.delete(this.name);
  }

  /** What the parts tell, and what comes of it. */
  #connect() {
    const { camera, shown, colours, selection, hits, bringing, asking } = this.#parts;
    const follow = () => {
      placeTitles(shown.picture, camera);
      this.#map.update();
    };
    camera.moved.listen(oncePerFrame(follow, this.#on));
    colours.shaded.listen((shade) => {
      this.#panels.updateColours(shade);
      camera.moved.tell(); // The map shows the shades.
    });
    selection.changed.listen(() => this.#panels.updateSelection());
    selection.chosen.listen((id, mayBeOpened) => this.#tellChoice(id, mayBeOpened));
    hits.changed.listen(() => this.#panels.updateHits());
    hits.lookedAt.listen((id) => this.#panels.tellOf(id));
    bringing.arrived.listen((picture, isDark) => this.#show(picture, isDark));
    for (const part of [bringing, asking]) part.failed.listen(() => this.#tellTrouble());
  }

  /** What happens on the page, and what comes of it. */
  #listen() {
    const [{ camera, tip, asking }, on] = [this.#parts, this.#on];
    listenToClicks(this.#parts, on);
    new Keyboard(this.#root, this.#parts, () => this.#panels, on);
    const onScroll = () => {
      tip.keep();
      camera.moved.tell();
    };
    camera.pane.addEventListener("scroll", onScroll, { passive: true, signal: on });
    observeSize(camera.pane, () => this.#takeWidth(), on);
    listenToScaled(() => {
      camera.takeTypeScale();
      this.#takeWidth();
    }, on);
    listenToWidgets(
      () => this.#data.ahead,
      (change) => asking.askAhead(change),
      on,
    );
  }

  #lay() {
    const [{ camera, tip, voice }, { bar, trouble, signs, card, help }] = [this.#parts, this.#panels];
    this.#root.classList.toggle("slim", this.#data.slim);
    camera.pane.setAttribute("aria-label", voice.words.pane);
    this.#root.replaceChildren(
      bar,
      trouble,
      camera.pane,
      signs,
      card.element,
      this.#map.canvas,
      tip.element,
      voice.live,
      help,
    );
  }

  /** The pane may be of another width: the drawing follows at once, and in other rows once the width stays. */
  #takeWidth() {
    const { camera, growing } = this.#parts;
    camera.takeWidth();
    growing.follow();
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => wrapAgain(this.#parts), RESIZED_MS);
  }

  /** What says something is made anew around the drawing, which stays until it is there in the new language. */
  #takeLanguage() {
    const { shown, camera, colours, tip, voice, ready, server, asking } = this.#parts;
    const { scrollLeft, scrollTop } = camera.pane;
    tip.hide();
    voice.fallSilent();
    server.takeLanguage(this.#data.language);
    ready.forget();
    this.#panels = new Panels(this.#parts, this.#data.words, this.#on);
    this.#lay();
    camera.scroll(scrollLeft, scrollTop); // It was taken out for a moment, and is at its beginning.
    if (shown.isDrawn) {
      colours.shade();
      this.#panels.updateSelection();
    }
    asking.askAgain();
  }

  /**
   * @param {string | null} id
   * @param {boolean} mayBeOpened
   */
  #tellChoice(id, mayBeOpened) {
    const { shown, voice, telling } = this.#parts;
    if (id === null) voice.say(voice.words.nothing);
    else voice.say(voice.words.selected, { name: voice.nameOf(shown.picture, id) });
    // Whatever else of the page shows the chosen node need not wait for Python.
    tellChosen({ id });
    telling.tellChoice(id, mayBeOpened);
  }

  /**
   * @param {Picture} picture
   * @param {boolean} isDark
   */
  #show(picture, isDark) {
    this.#panels.trouble.classList.add("none");
    showPicture(this.#parts, picture, isDark);
    this.#marking.takeAgain(this.#mark);
    this.#parts.ready.prepare(picture);
    wrapAgain(this.#parts);
  }

  #tellTrouble() {
    if (this.#on.aborted) return;
    const { voice } = this.#parts;
    voice.say(voice.words.trouble);
    this.#panels.trouble.classList.remove("none");
  }
}

/**
 * The parts that stay as long as the view, each made of those before it.
 *
 * @param {HTMLElement} root
 * @param {GraphData} data
 * @param {() => Growth | null} growthNow
 * @param {AbortSignal} on
 */
function makeParts(root, data, growthNow, on) {
  const shown = new Shown();
  const camera = new Camera(root, shown);
  const fullScreen = new FullScreen(root, camera, on);
  const gestures = new Gestures(camera, on);
  const voice = new Voice(data.words);
  const colours = new Colours(root, shown, data);
  const focus = new Focus(camera);
  const selection = new Selection(shown);
  const hits = new Hits(shown, camera, voice);
  const tip = new Tip(shown, camera, gestures, voice, on);
  const growing = new Growing(shown, camera, voice, growthNow, on);
  const marks = { shown, camera, fullScreen, gestures, voice, colours, focus, selection, hits, tip, growing };
  const busy = new Busy(root);
  const telling = new Telling(on);
  const width = new Width(camera);
  const server = new Server(data.route, data.language, width, on);
  const bringing = new Bringing({ ...marks, busy }, on);
  const ready = new Ready(server, bringing, on);
  const asking = new Asking({ shown, server, ready, bringing, busy }, on);
  const opening = new Opening({ ...marks, asking, telling });
  return { ...marks, busy, telling, width, server, bringing, ready, asking, opening };
}
