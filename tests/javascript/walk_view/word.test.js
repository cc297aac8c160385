// Python's word and what is done here, in every order in which they can cross.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Turns } from "../../../resnet_viz/ui/components/browser/turns.js";
import { Breakpoints } from "../../../resnet_viz/ui/components/walk_view/js/playing/breakpoints.js";
import { Steps } from "../../../resnet_viz/ui/components/walk_view/js/playing/steps.js";
import { Rest } from "../../../resnet_viz/ui/components/walk_view/js/telling/rest.js";
import { PythonsWord } from "../../../resnet_viz/ui/components/walk_view/js/telling/word.js";
import { loopingWalks } from "./small_walk.js";

/** @import { TestContext } from "node:test" */
/** @import { RestMessage, WalkMarkData } from "../../../resnet_viz/ui/components/payloads.d.ts" */
/** @import { NetWalks } from "../../../resnet_viz/ui/components/walk_view/js/record/net.js" */

const REST_MS = 450;

/**
 * @param {Partial<WalkMarkData>} [said]
 * @returns {WalkMarkData}
 */
function mark(said) {
  return { walk: "w", net: "net=a", kind: "build", step: 0, other: null, turn: 0, session: "s", ...said };
}

// Nets that are asked for come when the test says so; one of the name "none" cannot be had.
class Server {
  /** @type {string[]} */
  asked = [];
  /** @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {string} net
   * @returns {Promise<NetWalks | null>}
   */
  load(net) {
    this.asked.push(net);
    return new Promise((bring) => {
      this.#waiting.push(() => bring(net === "net=none" ? null : loopingWalks(3, net)));
    });
  }

  /**
   * The oldest one that is waited for.
   */
  async answer() {
    this.#waiting.shift()?.();
    await settled();
  }
}

/** What is promised by now has come. */
function settled() {
  return new Promise((done) => {
    setImmediate(done);
  });
}

/** @param {TestContext} context */
function start(context) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const closing = new AbortController();
  const [turns, steps, server] = [new Turns(), new Steps(new Breakpoints()), new Server()];
  /** @type {RestMessage[]} */
  const sent = [];
  const rest = new Rest(turns, (message) => sent.push(message), closing.signal);
  const word = new PythonsWord({ turns, rest, steps, loader: server }, closing.signal);
  /** @type {string[]} */
  const heard = [];
  let [isLoading, isTrouble] = [true, false];
  steps.entered.listen(({ walk, step }) => heard.push(`${walk.name} ${walk.kind} ${step}`));
  steps.moved.listen((position) => rest.tell(position));
  word.loading.listen((now) => {
    isLoading = now;
  });
  word.loaded.listen((isWhole) => {
    if (!isWhole) heard.push("trouble");
    isTrouble = !isWhole;
  });
  word.changedOther.listen((walks) => heard.push(`beside ${walks?.net ?? "none"}`));
  const wait = () => context.mock.timers.tick(REST_MS);
  return {
    steps,
    server,
    word,
    sent,
    heard,
    rest,
    wait,
    closing,
    isLoading: () => isLoading,
    isTrouble: () => isTrouble,
  };
}

/**
 * A walk that shows step 0 of net a.
 *
 * @param {TestContext} context
 */
async function shown(context) {
  const parts = start(context);
  parts.word.take(mark());
  await parts.server.answer();
  assert.deepEqual(parts.heard, ["beside none", "a build 0"]);
  parts.heard.length = 0;
  return parts;
}

test("the first word brings its net and shows its step", async (context) => {
  const { word, server, heard, isLoading } = start(context);
  word.take(mark({ kind: "forward", step: 3 }));
  assert.equal(isLoading(), true);
  await server.answer();
  assert.deepEqual([server.asked, heard, isLoading()], [["net=a"], ["beside none", "a forward 3"], false]);
});

test("the step that somebody rests on is told once, with its number and its net", async (context) => {
  const { steps, sent, rest, wait } = await shown(context);
  steps.stepOn();
  steps.stepOn();
  assert.equal(rest.isComing, true);
  wait();
  wait();
  assert.deepEqual(sent, [{ net: "net=a", kind: "build", step: 2, turn: 1 }]);
  assert.equal(rest.isComing, false);
});

test("a step that Python knows is not told", async (context) => {
  const { steps, sent, wait } = await shown(context);
  steps.stepOn();
  steps.stepBack();
  wait();
  assert.deepEqual(sent, []);
});

test("a word that answers what was told before does not lead back", async (context) => {
  const { word, steps, heard, wait } = await shown(context);
  steps.stepOn();
  wait();
  await word.take(mark({ step: 3 }));
  assert.deepEqual([heard, steps.position?.step], [[], 1]);
  await word.take(mark({ step: 1, turn: 1 }));
  assert.deepEqual(heard, []);
  await word.take(mark({ step: 3, turn: 1 }));
  assert.deepEqual(heard, ["a build 3"]);
});

test("a word that comes while a step is still to be told does not lead back", async (context) => {
  const { word, steps, heard, sent, wait } = await shown(context);
  steps.stepOn();
  await word.take(mark({ step: 3 }));
  assert.deepEqual([heard, steps.position?.step], [[], 1]);
  wait();
  assert.equal(sent.length, 1);
});

test("the same word again, as after any other change of the page, changes nothing", async (context) => {
  const { word, steps, heard, server } = await shown(context);
  steps.stepOn();
  await word.take(mark());
  assert.deepEqual([heard, steps.position?.step, server.asked], [[], 1, ["net=a"]]);
});

test("another net ends what was still to be told of the one before", async (context) => {
  const { word, steps, server, heard, sent, wait } = await shown(context);
  steps.stepOn();
  word.take(mark({ net: "net=b" }));
  await server.answer();
  wait();
  assert.deepEqual([heard, sent], [["beside none", "b build 0"], []]);
  steps.stepOn();
  wait();
  assert.deepEqual(sent, [{ net: "net=b", kind: "build", step: 1, turn: 1 }]);
});

test("a net that comes when another one is wanted already is not shown", async (context) => {
  const { word, server, heard, isLoading } = await shown(context);
  word.take(mark({ net: "net=b" }));
  word.take(mark({ net: "net=c" }));
  await server.answer();
  assert.deepEqual([heard, isLoading()], [[], true]);
  await server.answer();
  assert.deepEqual([heard, isLoading()], [["beside none", "c build 0"], false]);
});

test("back at the net that is shown, nothing is waited for", async (context) => {
  const { word, server, heard, isLoading } = await shown(context);
  word.take(mark({ net: "net=b" }));
  await word.take(mark({ step: 1 }));
  assert.deepEqual([heard, isLoading()], [["a build 1"], false]);
  await server.answer();
  assert.deepEqual([heard, isLoading()], [["a build 1"], false]);
});

test("a net that cannot be had leaves what is shown, and is asked for again", async (context) => {
  const { word, steps, server, heard, isLoading } = await shown(context);
  word.take(mark({ net: "net=none", step: 3 }));
  await server.answer();
  assert.deepEqual([heard, steps.position?.step, isLoading()], [["trouble"], 0, false]);
  word.take(mark({ net: "net=none", step: 3 }));
  assert.deepEqual(server.asked, ["net=a", "net=none", "net=none"]);
});

test("a net beside comes and goes, and the step stays", async (context) => {
  const { word, server, heard, isTrouble } = await shown(context);
  word.take(mark({ other: "net=b" }));
  await server.answer();
  await server.answer();
  word.take(mark());
  await server.answer();
  assert.deepEqual(heard, ["beside net=b", "beside none"]);
  word.take(mark({ other: "net=none" }));
  await server.answer();
  await server.answer();
  assert.equal(isTrouble(), true);
  await word.take(mark());
  assert.deepEqual([heard.length, isTrouble()], [4, false]);
});

test("another session of the server's counts anew", async (context) => {
  const { word, steps, heard, sent, wait } = await shown(context);
  steps.stepOn();
  wait();
  await word.take(mark({ step: 3, turn: 0, session: "another" }));
  assert.deepEqual(heard, ["a build 3"]);
  steps.stepBack();
  wait();
  assert.deepEqual(
    sent.map(({ turn }) => turn),
    [1, 1],
  );
});

test("once the view is gone nothing is shown and nothing told", async (context) => {
  const { word, steps, server, heard, sent, wait, closing } = await shown(context);
  steps.stepOn();
  word.take(mark({ net: "net=b" }));
  closing.abort();
  await server.answer();
  wait();
  assert.deepEqual([heard, sent], [[], []]);
});
