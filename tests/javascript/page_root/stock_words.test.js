// Streamlit's own words, said otherwise.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTranslator } from "../../../resnet_viz/ui/components/page_root/js/stock_words.js";

const say = makeTranslator({
  Upload: "上传",
  "{size} per file": "每个文件最大 {size}",
  "{size} per file • {endings}": "每个文件最大 {size} • {endings}",
  "Help for {label}": "{label}的说明",
  "Really? (yes)": "真的？",
});

test("a word is said as it stands, with the blanks around it", () => {
  assert.equal(say("Upload"), "上传");
  assert.equal(say("  Upload\n"), "  上传\n");
  assert.equal(say("Really? (yes)"), "真的？");
});

test("what stands in a message's fields is kept, also signs that mean something elsewhere", () => {
  assert.equal(say("20MB per file"), "每个文件最大 20MB");
  assert.equal(say("20MB per file • PNG, JPG"), "每个文件最大 20MB • PNG, JPG");
  assert.equal(say("Help for $& {label}"), "$& {label}的说明");
});

test("other texts are left alone, and what has been said already", () => {
  for (const text of ["", " ", "Uploaded", "Upload a file", "上传", "toString", "constructor"]) {
    assert.equal(say(text), null);
  }
});
