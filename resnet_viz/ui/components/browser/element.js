// Making elements. Words only ever become text or attributes, never markup.

export const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [className]
 * @param {string | null} [text]
 */
export function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} role
 * @param {string} [className]
 * @param {string | null} [text]
 */
export function withRole(name, role, className = "", text = null) {
  const made = element(name, className, text);
  made.setAttribute("role", role);
  return made;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
export function svgElement(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * `on` is the view's AbortSignal: with it every listener goes when the view does.
 *
 * @param {string} label
 * @param {string} title
 * @param {(event: MouseEvent) => void} act
 * @param {AbortSignal} on
 */
export function pushButton(label, title, act, on) {
  const button = element("button", "", label);
  button.type = "button";
  if (title) button.title = title;
  // A sign needs a name; a word is one.
  if (title && !/\p{L}{2}/u.test(label)) button.setAttribute("aria-label", title);
  button.addEventListener("click", act, { signal: on });
  return button;
}

/**
 * @param {string} title
 * @param {string} className
 */
export function section(title, className) {
  const part = element("section", className);
  part.setAttribute("aria-label", title);
  part.append(element("h2", "", title));
  return part;
}

/**
 * A region that scrolls can be reached by the keyboard, and says what it is.
 *
 * @template {HTMLElement} Region
 * @param {Region} region
 * @param {string} name
 */
export function scrollable(region, name) {
  region.tabIndex = 0;
  region.setAttribute("role", "group");
  region.setAttribute("aria-label", name);
  return region;
}

/**
 * The element that an event came from.
 *
 * @param {Event} event
 */
export function targetOf({ target }) {
  return target instanceof Element ? target : null;
}

/**
 * The element that has the keyboard, also within a shadow root.
 *
 * @param {Node} node
 */
export function focusedAround(node) {
  const root = node.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}

/**
 * Streamlit listens to keys of its own at the document.
 *
 * @param {Event} event
 */
export function handled(event) {
  event.preventDefault();
  event.stopPropagation();
}
