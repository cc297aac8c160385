// The link that is shared.

import assert from "node:assert/strict";
import { test } from "node:test";
import { linkOf } from "../../../resnet_viz/ui/components/page_bar/js/link.js";

test("the mode is left out of the link, wherever it stands, and nothing else", () => {
  const host = "http://localhost:8501";
  assert.equal(
    linkOf(`${host}/learn?nets=resnet18~resnet50&projector=1&lang=zh_CN`, ["projector"]),
    `${host}/learn?nets=resnet18~resnet50&lang=zh_CN`,
  );
  assert.equal(linkOf(`${host}/?projector=1`, ["projector"]), `${host}/`);
  assert.equal(linkOf(`${host}/walk?net=resnet50&step=3`, ["projector"]), `${host}/walk?net=resnet50&step=3`);
});
