// Asking for tiles ahead of Python's word, without a server: answers come when the test lets them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking } from "../../../resnet_viz/ui/components/channel_view/js/ask.js";

/** @import { Answer } from "../../../resnet_viz/ui/components/channel_view/js/ask.js" */

function begun() {
  const end = new AbortController();
  /** @type {{ address: string, signal: AbortSignal, answer: (answer: Answer<string>) => void }[]} */
  const asked = [];
  /** @type {(string | null)[]} */
  const log = [];
  /** @type {Asking<string>} */
  const asking = new Asking(
    (address, signal) => new Promise((answer) => asked.push({ address, signal, answer })),
    end.signal,
  );
  asking.came.listen((tiles) => log.push(`came ${tiles}`));
  asking.busy.listen((isBusy) => log.push(isBusy ? "busy" : "rest"));
  asking.troubled.listen((why) => why !== null && log.push(`trouble ${why}`));
  const addresses = () => asked.map(({ address }) => address);
  /** @param {number} at @param {Answer<string>} answer */
  const answer = async (at, answer) => {
    asked[at].answer(answer);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { asking, asked, addresses, answer, log, end };
}

test("Python's word is brought, once", async () => {
  const { asking, addresses, answer, log } = begun();
  asking.take("node=&at=0");
  await answer(0, { tiles: "t" });
  asking.take("node=&at=0");
  assert.deepEqual([addresses(), log], [["node=&at=0"], ["busy", "rest", "came t"]]);
});

test("another node is asked for at once, the rest as it is, and Python's word is then there already", async () => {
  const { asking, addresses, answer } = begun();
  asking.take("node=&at=2");
  await answer(0, { tiles: "t" });
  asking.askAhead("layer1");
  asking.askAhead("layer1");
  asking.take("node=layer1&at=2");
  assert.deepEqual(addresses(), ["node=&at=2", "node=layer1&at=2"]);
  asking.askAhead(null);
  assert.equal(addresses().at(-1), "node=&at=2");
});

test("of quick choices the last one is shown, whatever Python says of those before", async () => {
  const { asking, asked, addresses, answer, log } = begun();
  asking.take("node=");
  for (const node of ["a", "b", "c"]) asking.askAhead(node);
  assert.deepEqual(
    asked.map(({ signal }) => signal.aborted),
    [true, true, true, false],
  );
  for (const node of ["a", "b", "c"]) asking.take(`node=${node}`);
  await answer(1, { tiles: "a" });
  await answer(3, { tiles: "c" });
  assert.deepEqual(addresses(), ["node=", "node=a", "node=b", "node=c"]);
  assert.deepEqual(log.slice(-2), ["rest", "came c"]);
  asking.take("node=d");
  assert.equal(addresses().at(-1), "node=d");
});

test("what cannot be had is told once Python wants it, and tried again when it is chosen again", async () => {
  const { asking, addresses, answer, log } = begun();
  asking.take("node=");
  await answer(0, { tiles: "t" });
  asking.askAhead("broken");
  await answer(1, { trouble: "why" });
  assert.equal(log.includes("trouble why"), false);
  asking.take("node=broken");
  await answer(2, { trouble: "why" });
  assert.equal(log.at(-1), "trouble why");
  asking.askAhead("broken");
  assert.deepEqual(addresses(), ["node=", "node=broken", "node=broken", "node=broken"]);
});

test("nothing comes after the end, and what is under way is given up", async () => {
  const { asking, asked, answer, log, end } = begun();
  asking.take("node=");
  end.abort();
  await answer(0, { tiles: "t" });
  assert.deepEqual([asked[0].signal.aborted, log], [true, ["busy"]]);
});
