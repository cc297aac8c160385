// Which part is chosen, and when Python hears of it.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Choice } from "../../../resnet_viz/ui/components/crop_view/js/choice.js";

/** @import { CropMessage } from "../../../resnet_viz/ui/components/crop_view/js/choice.js" */
/** @import { Framing } from "../../../resnet_viz/ui/components/crop_view/js/unpack.js" */

const MIDDLE = { left: 0.25, top: 0, width: 0.5, height: 1 };
const OWN = { left: 0.1, top: 0, width: 0.5, height: 1 };
const OTHER = { ...OWN, left: 0.2 };
const WORDS = {
  language: "en",
  picture: "",
  frame: "",
  title: "",
  middle: "",
  middleTitle: "",
  whereIs: "",
  isMiddle: "",
};

/**
 * @param {Partial<Framing>} said
 * @returns {Framing}
 */
function word(said = {}) {
  const crop = said.crop ?? said.middle ?? MIDDLE;
  return {
    turn: 0,
    isOwn: false,
    crop,
    middle: MIDDLE,
    size: [100, 200],
    input: [100, 100],
    least: 1e-4,
    words: WORDS,
    picture: new Uint8Array(),
    ...said,
  };
}

function begun(first = word()) {
  const end = new AbortController();
  /** @type {CropMessage[]} */
  const sent = [];
  const choice = new Choice(first, (message) => sent.push(message), end.signal);
  choice.take(first);
  return { choice, sent, end };
}

test("what was chosen before stands again, and is not told again", () => {
  const { choice, sent } = begun(word({ turn: 5, isOwn: true, crop: OWN }));
  choice.set(OWN);
  choice.tellNow();
  assert.deepEqual([choice.crop, choice.isOwn, sent], [OWN, true, []]);
});

test("a part chosen by hand is told with its number, and once", () => {
  const { choice, sent } = begun(word({ turn: 5 }));
  choice.set(OWN);
  choice.tellNow();
  choice.tellNow();
  assert.deepEqual(sent, [{ shares: [0.1, 0, 0.5, 1], turn: 6 }]);
});

test("a word that does not know of it moves nothing back; its answer has the last word", () => {
  const { choice } = begun();
  choice.set(OWN);
  choice.tellNow();
  choice.take(word());
  assert.deepEqual(choice.crop, OWN);
  choice.take(word({ turn: 1, isOwn: true, crop: OTHER }));
  assert.deepEqual(choice.crop, OTHER);
});

test("there, away and there again: the answer to the first leaves it", () => {
  const { choice, sent } = begun();
  for (const crop of [OWN, OTHER, OWN]) {
    choice.set(crop);
    choice.tellNow();
  }
  choice.take(word({ turn: 1, isOwn: true, crop: { ...OWN, top: 0.001 } }));
  assert.deepEqual([choice.crop, sent.length], [OWN, 3]);
});

test("while somebody has hold of the frame nothing moves it", () => {
  const { choice } = begun();
  const release = choice.hold();
  const other = { ...MIDDLE, left: 0.3 };
  choice.take(word({ middle: other }));
  assert.deepEqual(choice.crop, MIDDLE);
  release();
  choice.take(word({ middle: other }));
  assert.deepEqual(choice.crop, other);
});

test("the middle is the weights', also where the word that says so is old", () => {
  const { choice, sent } = begun(word({ turn: 1, isOwn: true, crop: OWN }));
  choice.toMiddle();
  const other = { ...MIDDLE, left: 0.3 };
  choice.take(word({ turn: 1, isOwn: true, crop: OWN, middle: other }));
  assert.deepEqual([choice.crop, choice.isOwn], [other, false]);
  assert.deepEqual(sent, [{ shares: null, turn: 2 }]);
});

test("several keys in a row are one message, and none is sent after the end", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { choice, sent, end } = begun();
    for (const crop of [OWN, OTHER]) {
      choice.set(crop);
      choice.tellSoon();
      mock.timers.tick(200);
    }
    choice.take(word({ middle: { ...MIDDLE, left: 0.3 } }));
    assert.deepEqual([choice.crop, choice.isWaiting, sent], [OTHER, true, []]);
    mock.timers.tick(200);
    assert.deepEqual([choice.isWaiting, sent], [false, [{ shares: [0.2, 0, 0.5, 1], turn: 1 }]]);
    choice.set(OWN);
    choice.tellSoon();
    end.abort();
    mock.timers.tick(1000);
    assert.equal(sent.length, 1);
  } finally {
    mock.timers.reset();
  }
});
