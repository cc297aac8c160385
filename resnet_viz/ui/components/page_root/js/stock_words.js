// Says Streamlit's own words in the reader's language, wherever they appear on the page. Of its texts only the node's
// value is changed, which the library that draws the page leaves as it is; the words come from `stock_words.py`.

/** @typedef {{ node: WeakRef<Text | Element>, name: string, before: string, after: string }} Said */

/** Where Streamlit has texts of its own; a file's name in there is not one. */
const PLACES = [
  "InputInstructions",
  "stNumberInput",
  "stFileUploader",
  "stSkipToContent",
  "stSelectboxVirtualDropdown",
  "stMainMenuList",
  "stTooltipErrorContent",
  "stTooltipContent",
]
  .map((name) => `[data-testid="${name}"]`)
  .concat("[role='listbox']")
  .join(", ");
const NAMES = ["aria-label", "placeholder", "title"];
const NAMED = NAMES.map((name) => `[${name}]`).join(", ");
const MOST_KEPT = 1_000;

/** @type {Said[]} */
let said = [];
/** @type {MutationObserver | null} */
let watch = null;
let spoken = "{}";

/**
 * Makes a function that translates a text, or returns null for one that is not in the words.
 * @param {Record<string, string>} words
 * @returns {(text: string) => string | null}
 */
export function makeTranslator(words) {
  const forms = Object.entries(words)
    .filter(([english]) => english.includes("{"))
    // The longer form first: `{size} per file` would be satisfied with what follows it.
    .sort(([a], [b]) => b.length - a.length)
    .map(([english, other]) => ({ form: formOf(english), other }));
  return (text) => {
    const plain = text.trim();
    if (!plain) return null;
    if (Object.hasOwn(words, plain)) return text.replace(plain, () => words[plain] ?? plain);
    for (const { form, other } of forms) {
      const found = form.exec(plain);
      if (found) return text.replace(plain, () => fill(other, found.groups ?? {}));
    }
    return null;
  };
}

/**
 * A message with fields as an expression with groups of these names.
 * @param {string} english
 */
function formOf(english) {
  const parts = english.split(/\{(\w+)\}/);
  const text = parts.map((part, at) => (at % 2 ? `(?<${part}>.+)` : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${text.join("")}$`, "s");
}

/**
 * @param {string} text
 * @param {Record<string, string>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/**
 * Translates what is on the page and what comes; other words take the place of those before, none give back Streamlit's.
 * @param {Record<string, string>} words
 */
export function sayStock(words) {
  const key = JSON.stringify(words);
  if (key === spoken) return;
  spoken = key;
  watch?.disconnect();
  watch = null;
  takeBack();
  if (key === "{}") return;
  const translate = makeTranslator(words);
  sayIn(document.body, translate);
  watch = new MutationObserver((changes) => {
    for (const { target, addedNodes, attributeName } of changes) {
      if (attributeName) say(/** @type {Element} */ (target), attributeName, translate);
      else if (target instanceof Text) sayIn(target, translate);
      for (const node of addedNodes) sayIn(node, translate);
    }
  });
  watch.observe(document.body, {
    attributeFilter: NAMES,
    attributes: true,
    characterData: true,
    childList: true,
    subtree: true,
  });
}

function takeBack() {
  for (const { node, name, before, after } of said) {
    const there = node.deref();
    if (there && textOf(there, name) === after) write(there, name, before);
  }
  said = [];
}

/**
 * @param {Node} node
 * @param {(text: string) => string | null} translate
 */
function sayIn(node, translate) {
  if (node instanceof Text) {
    if (node.parentElement?.closest(PLACES)) say(node, "", translate);
  } else if (node instanceof Element) {
    for (const name of NAMES) say(node, name, translate);
    for (const inner of node.querySelectorAll(NAMED)) for (const name of NAMES) say(inner, name, translate);
    const places = node.closest(PLACES) ? [node] : node.querySelectorAll(PLACES);
    for (const place of places) for (const text of textsIn(place)) say(text, "", translate);
  }
}

/** @param {Element} place */
function textsIn(place) {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
  return texts;
}

/**
 * @param {Text | Element} node
 * @param {string} name of an attribute; empty for a text
 * @param {(text: string) => string | null} translate
 */
function say(node, name, translate) {
  const before = textOf(node, name);
  const after = before && translate(before);
  if (!after || after === before || node.parentElement?.closest('[data-testid="stFileChipName"]')) return;
  write(node, name, after);
  if (said.length >= MOST_KEPT) said = said.filter(({ node: kept }) => kept.deref()?.isConnected);
  said.push({ node: new WeakRef(node), name, before, after });
}

/**
 * @param {Text | Element} node
 * @param {string} name
 */
function textOf(node, name) {
  return node instanceof Text ? node.nodeValue : node.getAttribute(name);
}

/**
 * @param {Text | Element} node
 * @param {string} name
 * @param {string} text
 */
function write(node, name, text) {
  if (node instanceof Text) node.nodeValue = text;
  else node.setAttribute(name, text);
}
