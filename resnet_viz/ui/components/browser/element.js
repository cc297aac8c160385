// Making elements. Words only ever become text or attributes, never markup.

export const SVG = "http://www.w3.org/2000/svg";

export function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

export function withRole(name, role, className = "", text = null) {
  const made = element(name, className, text);
  made.setAttribute("role", role);
  return made;
}

export function svgElement(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

// `on` is the view's AbortSignal: with it every listener goes when the view does.
export function pushButton(label, title, act, on) {
  const button = element("button", "", label);
  button.type = "button";
  if (title) button.title = title;
  // A sign needs a name; a word is one.
  if (title && !/\p{L}{2}/u.test(label)) button.setAttribute("aria-label", title);
  button.addEventListener("click", act, { signal: on });
  return button;
}

export function section(title, className) {
  const part = element("section", className);
  part.setAttribute("aria-label", title);
  part.append(element("h3", "", title));
  return part;
}

// A region that scrolls can be reached by the keyboard, and says what it is.
export function scrollable(region, name) {
  region.tabIndex = 0;
  region.setAttribute("role", "group");
  region.setAttribute("aria-label", name);
  return region;
}

// Streamlit listens to keys of its own at the document.
export function handled(event) {
  event.preventDefault();
  event.stopPropagation();
}
