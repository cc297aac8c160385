// Making elements. Words only ever become text or attributes, never markup.

const SVG = "http://www.w3.org/2000/svg";

function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

// `on` is the view's AbortSignal: with it every listener goes when the view does.
function pushButton(label, title, act, on) {
  const button = element("button", "", label);
  button.type = "button";
  if (title) button.title = title;
  // A sign needs a name; a word is one.
  if (title && !/\p{L}{2}/u.test(label)) button.setAttribute("aria-label", title);
  button.addEventListener("click", act, { signal: on });
  return button;
}

function section(title, className) {
  const part = element("section", className);
  const head = element("h3", "", title);
  part.setAttribute("aria-label", title);
  part.append(head);
  return part;
}

// A region that scrolls can be reached by the keyboard, and says what it is.
function scrollable(region, name) {
  region.tabIndex = 0;
  region.setAttribute("role", "group");
  region.setAttribute("aria-label", name);
  return region;
}

// "{n} of {total}" with its values filled in.
function sentence(template, values) {
  return template.replace(/\{(\w+)\}/g, (all, key) => (key in values ? String(values[key]) : all));
}

function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

// Read out by a screen reader; the same words twice are read twice.
function announce(view, words) {
  view.live.textContent = view.live.textContent === words ? `${words}\u00a0` : words;
}
