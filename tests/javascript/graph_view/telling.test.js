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

test("messages are numbered", () => {
  telling.tell("shaded", { metric: "macs" });
  telling.tell("shaded", { metric: "params" });
  assert.deepEqual(told, ['shaded {"metric":"macs","turn":1}', 'shaded {"metric":"params","turn":2}']);
});

test("a choice is told once it is painted, or once no second click can follow", () => {
  telling.tellChoice("conv1", false);
  assert.deepEqual([told.length, telling.isUntold], [0, true]);
  mock.timers.tick(40);
  assert.deepEqual([told.length, telling.isUntold], [1, false]);
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
  telling.tell("shaded", { metric: "stage" });
  assert.equal(telling.hears({ turn: 1, session: null }), false);
  assert.equal(telling.hears({ turn: 2, session: null }), true);
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
