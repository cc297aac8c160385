// Which drawings are asked for and shown: what is done here ahead of Python's word, and its word when it comes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking } from "../../../resnet_viz/ui/components/graph_view/js/asking/asking.js";
import { smallPicture } from "./pictures.js";

/** @import { Bringing } from "../../../resnet_viz/ui/components/graph_view/js/asking/bringing.js" */
/** @import { Busy } from "../../../resnet_viz/ui/components/graph_view/js/asking/busy.js" */
/** @import { Draft } from "../../../resnet_viz/ui/components/graph_view/js/asking/draft.js" */
/** @import { Ready } from "../../../resnet_viz/ui/components/graph_view/js/asking/ready.js" */
/** @import { Change, Server } from "../../../resnet_viz/ui/components/graph_view/js/asking/server.js" */
/** @import { Shown } from "../../../resnet_viz/ui/components/graph_view/js/picture/shown.js" */

/** A view whose server has a drawing for every address but `gone`, and makes `a+what` of `a` by a change. */
function makeView({ ready = /** @type {string[]} */ ([]), level = "" } = {}) {
  /** @type {string[]} */
  const log = [];
  const draft = (/** @type {string} */ address) => /** @type {Draft} */ (/** @type {unknown} */ ({ address }));
  const server = {
    fetch: async (/** @type {string} */ address, /** @type {Change | undefined} */ change) => {
      log.push(change ? `ask ${address} ${change.do} ${change.what}` : `ask ${address}`);
      if (address === "gone") return null;
      return draft(change?.what ? `${address}+${change.what}` : address);
    },
  };
  const bringing = {
    bring: (/** @type {Draft} */ { address }, goOn = () => {}) => {
      log.push(`show ${address}`);
      goOn();
    },
  };
  const picture = smallPicture();
  if (level) picture.levels = { op: { address: level, boxes: 9 } };
  const parts = {
    shown: /** @type {Shown} */ (/** @type {unknown} */ ({ picture })),
    server: /** @type {Server} */ (/** @type {unknown} */ (server)),
    ready: /** @type {Ready} */ (
      /** @type {unknown} */ ({
        find: (/** @type {string} */ address) => (ready.includes(address) ? draft(address) : null),
      })
    ),
    bringing: /** @type {Bringing} */ (/** @type {unknown} */ (bringing)),
    busy: /** @type {Busy} */ (/** @type {unknown} */ ({ begin: () => {}, end: () => {} })),
  };
  const closing = new AbortController();
  const asking = new Asking(parts, closing.signal);
  asking.failed.listen(() => log.push("trouble"));
  return { asking, log, closing };
}

/** Until all questions are answered. */
const settled = () => new Promise((goOn) => setTimeout(goOn));

/** @type {(what: string) => Change} */
const open = (what) => ({ do: "shown", what, at: "op" });

test("what Python says is asked for once", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("a");
  asking.takeAddress("a");
  await settled();
  asking.takeAddress("a");
  await settled();
  assert.deepEqual(log, ["ask a", "show a"]);
});

test("what was made ready is not asked for", async () => {
  const { asking, log } = makeView({ ready: ["a"] });
  asking.takeAddress("a");
  await settled();
  assert.deepEqual(log, ["show a"]);
});

test("what is done is shown ahead of Python's word, which then changes nothing", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("a");
  asking.askAhead(open("x"), () => log.push("tell"));
  await settled();
  asking.takeAddress("a+x");
  await settled();
  assert.deepEqual(log, ["ask a", "show a", "ask a shown x", "show a+x", "tell"]);
});

test("a question builds on the answer to the one before", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("a");
  asking.askAhead(open("x"));
  asking.askAhead(open("y"));
  await settled();
  assert.deepEqual(log.slice(2), ["ask a shown x", "show a+x", "ask a+x shown y", "show a+x+y"]);
  asking.takeAddress("a+x"); // Python's word on the first, when the second has been done.
  await settled();
  assert.equal(log.length, 6);
});

test("another word than was expected is the last one", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("a");
  asking.askAhead(open("x"));
  await settled();
  asking.takeAddress("b");
  await settled();
  assert.deepEqual(log.slice(-2), ["ask b", "show b"]);
});

test("before there is a drawing nothing is shown ahead, and Python is told", async () => {
  const { asking, log } = makeView();
  asking.askAhead(open("x"), () => log.push("tell"));
  await settled();
  assert.deepEqual(log, ["tell"]);
});

test("what changes nothing is told and not shown", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("a");
  asking.askAhead(open(""), () => log.push("tell"));
  await settled();
  assert.deepEqual(log, ["ask a", "show a", "ask a shown ", "tell"]);
});

test("what is not to be had is trouble, and the same word tries again", async () => {
  const { asking, log } = makeView();
  asking.takeAddress("gone");
  await settled();
  asking.takeAddress("gone");
  await settled();
  assert.deepEqual(log, ["ask gone", "trouble", "ask gone", "trouble"]);
});

test("the address of a whole net at a level is known without asking", async () => {
  const { asking, log } = makeView({ level: "net=small&level=op", ready: ["net=small&level=op"] });
  asking.takeAddress("net=small");
  asking.askAhead({ do: "level", what: "op" });
  await settled();
  assert.deepEqual(log, ["ask net=small", "show net=small", "show net=small&level=op"]);
});

test("a view that has ended asks for nothing", async () => {
  const { asking, log, closing } = makeView();
  asking.takeAddress("a");
  closing.abort();
  await settled();
  assert.deepEqual(log, []);
});

test("in another language the same drawing is asked for again", async () => {
  const { asking, log } = makeView();
  asking.askAgain();
  asking.takeAddress("a");
  asking.askAgain();
  await settled();
  assert.deepEqual(log, ["ask a", "show a", "ask a", "show a"]);
});
