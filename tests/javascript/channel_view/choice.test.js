// Which channel is shown large, and who says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Choice } from "../../../resnet_viz/ui/components/channel_view/js/choice.js";

/** @import { ChannelMessage } from "../../../resnet_viz/ui/components/channel_view/js/choice.js" */

/** @param {number | null} chosen */
function begun(chosen, turn = 0) {
  /** @type {(ChannelMessage | string)[]} */
  const log = [];
  const choice = new Choice(chosen, (message) => log.push(message));
  choice.changed.listen(() => log.push(`now ${choice.chosen}`));
  choice.made.listen((channel) => log.push(`chose ${channel}`));
  choice.take({ chosen, turn });
  return { choice, log };
}

test("a channel that is chosen is shown, said and told once", () => {
  const { choice, log } = begun(null, 4);
  choice.choose(3);
  choice.choose(3);
  assert.deepEqual(log, ["now 3", "chose 3", { channel: 3, turn: 5 }]);
});

test("Python's answer changes nothing; what it says later does", () => {
  const { choice, log } = begun(null);
  choice.choose(3);
  log.length = 0;
  choice.take({ chosen: 3, turn: 1 });
  choice.take({ chosen: null, turn: 1 });
  assert.deepEqual(log, ["now null"]);
});

test("a word that crossed the choice on its way does not close it", () => {
  const { choice } = begun(5);
  choice.choose(3);
  choice.take({ chosen: null, turn: 0 });
  assert.equal(choice.chosen, 3);
});

test("opened and closed quickly, the answer to the first opens nothing", () => {
  const { choice } = begun(null);
  choice.choose(3);
  choice.choose(null);
  choice.take({ chosen: 3, turn: 1 });
  assert.equal(choice.chosen, null);
  choice.take({ chosen: null, turn: 2 });
  assert.equal(choice.chosen, null);
});

test("whoever keeps no address leaves the choice to the browser", () => {
  const { choice } = begun(null);
  choice.choose(12);
  choice.take({ chosen: null, turn: 1 });
  assert.equal(choice.chosen, 12);
});
