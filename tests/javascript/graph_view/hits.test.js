// What a search has found, which of it is looked at, and what becomes of that in another drawing.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Hits } from "../../../resnet_viz/ui/components/graph_view/js/marks/hits.js";
import { smallPicture } from "./pictures.js";

/** @import { Camera } from "../../../resnet_viz/ui/components/graph_view/js/camera/camera.js" */
/** @import { Voice } from "../../../resnet_viz/ui/components/graph_view/js/marks/voice.js" */
/** @import { Picture } from "../../../resnet_viz/ui/components/graph_view/js/picture/picture.js" */
/** @import { Shown } from "../../../resnet_viz/ui/components/graph_view/js/picture/shown.js" */

/** As an element's, as far as marks are concerned. */
class ClassList extends Set {
  /** @param {string} name */
  contains(name) {
    return this.has(name);
  }

  /** @param {string[]} names */
  remove(...names) {
    for (const name of names) this.delete(name);
  }

  /**
   * @param {string} name
   * @param {boolean} isOn
   */
  toggle(name, isOn) {
    if (isOn) this.add(name);
    else this.delete(name);
  }
}

/** A picture whose boxes can be marked. */
function markable() {
  const picture = smallPicture();
  for (const { element } of picture.things.values()) Object.assign(element, { classList: new ClassList() });
  return picture;
}

/** @type {Hits} */
let hits;
/** @type {string[]} */
let log;
/** @type {{ picture: Picture }} */
let shown;

beforeEach(() => {
  log = [];
  shown = { picture: markable() };
  const voice = {
    words: { noneFound: "none", foundName: "{name}" },
    nameOf: (/** @type {Picture} */ _, /** @type {string} */ id) => id,
    say: (/** @type {string} */ words, /** @type {{ name?: string }} */ { name } = {}) => log.push(name ?? words),
  };
  hits = new Hits(
    /** @type {Shown} */ (/** @type {unknown} */ (shown)),
    /** @type {Camera} */ (/** @type {unknown} */ ({ bringIntoSight: () => {} })),
    /** @type {Voice} */ (/** @type {unknown} */ (voice)),
  );
  hits.lookedAt.listen((id) => log.push(`card of ${id}`));
});

/** @param {string} mark */
const marked = (mark) =>
  [...shown.picture.things.values()].filter(({ element }) => element.classList.contains(mark)).map(({ id }) => id);

test("the first hit is looked at, is read out and has the card; all are marked by what is drawn of them", () => {
  hits.ask("4x4");
  assert.deepEqual([hits.at, hits.total, hits.current], [0, 2, "layer2.0.conv1"]);
  assert.deepEqual(log, ["layer2.0.conv1", "card of layer2.0.conv1"]);
  assert.deepEqual([marked("hit"), marked("current-hit")], [["layer2.0..1"], ["layer2.0..1"]]);
});

test("steps go around", () => {
  hits.ask("layer1.0.conv");
  hits.step(-1);
  assert.equal(hits.current, "layer1.0.conv2");
  hits.step(1);
  assert.equal(hits.current, "layer1.0.conv1");
});

test("nothing found is said, and nothing asked is not", () => {
  hits.ask("layer9");
  assert.deepEqual([hits.at, hits.total, hits.current, hits.isAsked], [-1, 0, null, true]);
  hits.step(1);
  hits.ask("  ");
  assert.equal(hits.isAsked, false);
  assert.deepEqual(log, ["none", "card of null", "", "card of null"]);
});

test("in another drawing of the net the same hit is the current one, and the card stays as it is", () => {
  hits.ask("4x4");
  hits.step(1);
  log.length = 0;
  shown.picture = markable();
  hits.findAgain();
  assert.deepEqual([hits.at, hits.current], [1, "layer2.1.conv1"]);
  assert.deepEqual([marked("hit"), marked("current-hit"), log], [["layer2.0..1"], ["layer2.0..1"], []]);
});

test("what is cleared leaves no mark", () => {
  hits.ask("add");
  hits.clear();
  assert.deepEqual([hits.total, hits.text, marked("hit"), marked("current-hit")], [0, "", [], []]);
});
