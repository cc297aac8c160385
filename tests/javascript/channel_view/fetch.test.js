// What the server's answer means, without a server.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { fetchPage } from "../../../resnet_viz/ui/components/channel_view/js/page/fetch.js";

/** @import { ChannelData } from "../../../resnet_viz/ui/components/payloads.d.ts" */

const DATA = /** @type {ChannelData} */ (/** @type {unknown} */ ({ route: "tiles", words: {} }));
const before = { fetch: globalThis.fetch, document: globalThis.document };

beforeEach(() => {
  globalThis.document = /** @type {Document} */ ({ baseURI: "http://localhost/app/" });
});
afterEach(() => Object.assign(globalThis, before));

/** @param {Response} response */
function asked(response) {
  globalThis.fetch = async (url) => {
    assert.equal(String(url), "http://localhost/app/tiles?node=fc");
    return response;
  };
  return fetchPage(DATA, "node=fc", new AbortController().signal);
}

test("a refusal comes with its sentence", async () => {
  const refusal = new Response(JSON.stringify({ error: "This session is over." }), { status: 400 });
  assert.deepEqual(await asked(refusal), { trouble: "This session is over." });
});

test("a question that is out of date has no answer, and nobody is troubled", async () => {
  assert.deepEqual(await asked(new Response(null, { status: 204 })), {});
});

test("nor has one that meets no server", async () => {
  globalThis.fetch = () => Promise.reject(new TypeError("no server"));
  assert.deepEqual(await fetchPage(DATA, "node=fc", new AbortController().signal), {});
});
