// When Python is told of what is done, and which of its words count meanwhile.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Telling } from "../../../resnet_viz/ui/components/graph_view/js/asking/telling.js";

/** @type {string[]} */
let told = [];
/** @type {Telling} */
let telling;
/** @type {AbortController} */
let closing;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  told = [];
  closing = new AbortController();
  telling = new Telling(closing.signal);
  telling.takeTrigger((name, message) => told.push(`${name} ${JSON.stringify(message)}`));
});

/** @param {number} turn */
const hear = (turn) => telling.hears({ turn, session: null });

test("messages are numbered", () => {
  telling.tell("shaded", { metric: "macs" });
  hear(1);
  telling.tell("shaded", { metric: "params" });
  assert.deepEqual(told, ['shaded {"metric":"macs","turn":1}', 'shaded {"metric":"params","turn":2}']);
});

test("a message waits for the answer to the one before, and until then no word counts", () => {
  telling.tell("revealed", { id: "layer3.20" });
  telling.tell("selected", { id: "layer3.20.conv2" });
  assert.deepEqual(told, ['revealed {"id":"layer3.20","turn":1}']);
  assert.deepEqual([hear(0), telling.isUntold, told.length], [false, true, 1]);
  assert.equal(hear(1), false);
  assert.deepEqual(told.slice(1), ['selected {"id":"layer3.20.conv2","turn":2}']);
  assert.deepEqual([telling.isUntold, hear(1), hear(2)], [false, false, true]);
});

test("of choices that wait the last one is told, and what opens something is always told", () => {
  telling.tell("revealed", { id: "layer3" });
  telling.tell("selected", { id: "a" });
  telling.tell("selected", { id: "b" });
  telling.tell("shown", { id: "layer1", level: "op", selected: "b" });
  telling.tell("selected", { id: "c" });
  for (const turn of [1, 2, 3, 4]) hear(turn);
  assert.deepEqual(
    told.map((text) => /"id":"(\w+)"/.exec(text)?.[1]),
    ["layer3", "b", "layer1", "c"],
  );
  assert.equal(telling.isUntold, false);
});

test("an answer that does not come is waited for three seconds", () => {
  telling.tell("shaded", { metric: "macs" });
  telling.tell("revealed", { id: "layer3" });
  mock.timers.tick(2999);
  assert.equal(told.length, 1);
  mock.timers.tick(1);
  assert.equal(told.length, 2);
});

test("a choice is told once it is painted, or once no second click can follow", () => {
  telling.tellChoice("conv1", false);
  assert.deepEqual([told.length, telling.isUntold], [0, true]);
  mock.timers.tick(40);
  assert.deepEqual([told.length, telling.isUntold], [1, false]);
  hear(1);
  telling.tellChoice("layer1", true);
  mock.timers.tick(199);
  assert.equal(told.length, 1);
  mock.timers.tick(1);
  assert.deepEqual(told, ['selected {"id":"conv1","turn":1}', 'selected {"id":"layer1","turn":2}']);
});

test("of choices in a hurry the last one is told", () => {
  for (const id of ["a", "b", null]) telling.tellChoice(id, false);
  mock.timers.tick(200);
  assert.deepEqual(told, ['selected {"id":null,"turn":1}']);
  assert.equal(telling.isUntold, false);
});

test("a double click is one message: its opening takes the place of the choice", () => {
  telling.tellChoice("layer1", true);
  const tell = telling.tellLater("shown", { id: "layer1", level: "op", selected: "layer1" });
  mock.timers.tick(500);
  assert.deepEqual([told.length, telling.isUntold], [0, true]);
  tell();
  assert.deepEqual(told, ['shown {"id":"layer1","level":"op","selected":"layer1","turn":1}']);
  assert.equal(telling.isUntold, false);
});

test("a word that does not know of the last message is old, unless the session is another", () => {
  telling.tell("shaded", { metric: "macs" });
  assert.equal(hear(1), true);
  telling.tell("shaded", { metric: "stage" });
  assert.equal(hear(1), false);
  assert.equal(hear(2), true);
  assert.equal(telling.hears({ turn: 0, session: "another" }), true);
  telling.tell("shaded", { metric: "macs" });
  assert.equal(told.at(-1), 'shaded {"metric":"macs","turn":1}');
});

test("a view that has ended tells nothing more", () => {
  telling.tellChoice("conv1", false);
  closing.abort();
  mock.timers.tick(500);
  assert.deepEqual([told.length, telling.isUntold], [0, false]);
});
