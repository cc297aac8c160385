// Who has the last word, in every order in which messages and words can cross.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "../../../resnet_viz/ui/components/browser/turns.js";

test("the first word counts, whatever its number", () => {
  assert.equal(new Turns().counts({ turn: 0 }), true);
  assert.equal(new Turns().counts({ turn: 7 }), true);
  assert.equal(new Turns().counts({ turn: 7, session: "a" }), true);
});

test("messages are counted on from Python's number", () => {
  const turns = new Turns();
  turns.hears({ turn: 7, session: "a" });
  assert.deepEqual([turns.next(), turns.next()], [8, 9]);
});

test("a word that crossed a message on its way is old", () => {
  const turns = new Turns();
  turns.hears({ turn: 0 });
  turns.next();
  assert.equal(turns.counts({ turn: 0 }), false);
  assert.equal(turns.counts({ turn: 1 }), true);
});

test("of two messages the answer to the first is old, even if it says what the second said", () => {
  const turns = new Turns();
  turns.hears({ turn: 0 });
  turns.next();
  turns.next();
  assert.equal(turns.counts({ turn: 1 }), false);
  assert.equal(turns.counts({ turn: 2 }), true);
});

test("an old word changes nothing of the count", () => {
  const turns = new Turns();
  turns.hears({ turn: 4 });
  turns.next();
  turns.hears({ turn: 4 });
  assert.equal(turns.next(), 6);
});

test("a word that is said again counts again", () => {
  const turns = new Turns();
  turns.next();
  assert.equal(turns.counts({ turn: 1 }), true);
  assert.equal(turns.counts({ turn: 1 }), true);
});

test("another session of the server's counts anew", () => {
  const turns = new Turns();
  turns.hears({ turn: 3, session: "a" });
  turns.next();
  assert.equal(turns.counts({ turn: 0, session: "b" }), true);
  assert.equal(turns.next(), 1);
  assert.equal(turns.counts({ turn: 0, session: "b" }), false);
});

test("while something is untold no word counts, though it is heard", () => {
  const turns = new Turns();
  const release = turns.hold();
  assert.equal(turns.counts({ turn: 3, session: "a" }), false);
  assert.equal(turns.isUntold, true);
  release();
  assert.equal(turns.next(), 4);
  assert.equal(turns.counts({ turn: 3, session: "a" }), false);
  assert.equal(turns.counts({ turn: 4, session: "a" }), true);
});

test("what was held and given up leaves Python its word", () => {
  const turns = new Turns();
  turns.hold()();
  assert.equal(turns.counts({ turn: 0 }), true);
});

test("each hold ends once, and by itself", () => {
  const turns = new Turns();
  const [first, second] = [turns.hold(), turns.hold()];
  first();
  first();
  assert.equal(turns.isUntold, true);
  second();
  assert.equal(turns.isUntold, false);
});

test("a view made anew after everything was heard goes on from Python's number", () => {
  const before = new Turns();
  before.hears({ turn: 0, session: "a" });
  const told = before.next();
  const after = new Turns();
  assert.equal(after.counts({ turn: told, session: "a" }), true);
  assert.equal(after.next(), told + 1);
});

test("a view that takes another's place knows what the other has told", () => {
  const turns = new Turns();
  turns.hears({ turn: 0, session: "a" });
  const told = turns.next();
  // Made anew for another language, and handed the last word that was said, which is older.
  assert.equal(turns.counts({ turn: 0, session: "a" }), false);
  const toldAfter = turns.next();
  assert.equal(turns.counts({ turn: told, session: "a" }), false);
  assert.equal(turns.counts({ turn: toldAfter, session: "a" }), true);
});

test("messages are heard once Python names the last of them", () => {
  const turns = new Turns();
  assert.equal(turns.isHeard, true);
  turns.next();
  turns.next();
  assert.equal(turns.isHeard, false);
  turns.hears({ turn: 1 });
  assert.equal(turns.isHeard, false);
  turns.hears({ turn: 2 });
  assert.equal(turns.isHeard, true);
});
