// Shows an SVG from Graphviz. Called again with the same parentElement whenever data or theme change: one view per
// element is kept, listeners are bound once. Nothing is made into HTML from strings: the SVG is parsed as XML, cleaned
// and adopted.

const SVG = "http://www.w3.org/2000/svg";
const XLINK = "http://www.w3.org/1999/xlink";
const LARGEST_FIT = 1.5;
const views = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".graph-view");
  if (!root || !data) return;
  let view = views.get(root);
  if (!view) {
    view = makeView(root, data.words);
    views.set(root, view);
  }
  // A trigger, not a state: the address says what is chosen, and the same box may be chosen again.
  view.choose = (id) => setTriggerValue("selected", id);
  if (view.source !== data.svg) showDrawing(view, data);
  paint(view, data.recolour);
  const drawn = (id) => view.nodes.some((node) => node.id === `n:${id}`);
  select(view, data.marked.find(drawn) ?? null);
  return () => view.resize.disconnect();
}

function makeView(root, words) {
  const bar = element("div", "bar");
  const pane = element("div", "pane");
  pane.tabIndex = -1;
  const view = { root, pane, svg: null, source: null, scale: null, nodes: [], choose: () => {} };
  view.legend = makeLegend(words);
  bar.append(view.legend, makeButtons(view, words));
  root.replaceChildren(bar, pane);
  pane.addEventListener("click", (event) => onClick(view, event));
  pane.addEventListener("keydown", (event) => onKey(view, event));
  view.resize = new ResizeObserver(() => view.scale === null && zoom(view, null));
  view.resize.observe(pane);
  return view;
}

function makeButtons(view, words) {
  const buttons = element("div", "buttons");
  const add = (label, title, act) => {
    const button = element("button");
    button.type = "button";
    button.textContent = label;
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
    buttons.append(button);
  };
  add("−", words.zoomOut, () => zoom(view, currentScale(view) / 1.25));
  add(words.fit, words.fitTitle, () => zoom(view, fitScale(view)));
  add(words.natural, words.naturalTitle, () => zoom(view, 1));
  add("+", words.zoomIn, () => zoom(view, currentScale(view) * 1.25));
  return buttons;
}

// Line style, shape and word say the same as the colour.
function makeLegend(words) {
  const list = element("ul", "legend");
  for (const [kind, label] of Object.entries(words.legend)) {
    const item = element("li");
    item.dataset.kind = kind;
    item.append(legendSign(kind, words.styles[kind]), document.createTextNode(label));
    list.append(item);
  }
  return list;
}

function legendSign(kind, style) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", "26");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  const draw = (name, attributes) => {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  };
  const line = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };
  if (kind === "add") {
    draw("circle", { ...line, cx: 13, cy: 7, r: 6 });
    draw("path", { ...line, d: "M13,3.5V10.5M9.5,7H16.5" });
  } else if (kind === "run") {
    draw("rect", { ...line, x: 3, y: 1, width: 20, height: 12, rx: 4 });
    draw("rect", { ...line, x: 5.5, y: 3.5, width: 15, height: 7, rx: 2.5, "stroke-width": "1" });
  } else {
    const dash = { solid: "none", dashed: "5 3", dotted: "1.5 3" }[style];
    draw("path", { ...line, d: "M0,7H26", "stroke-width": "2.5", "stroke-dasharray": dash, class: `sign-${kind}` });
  }
  return svg;
}

function showDrawing(view, data) {
  const parsed = new DOMParser().parseFromString(data.svg, "image/svg+xml");
  if (parsed.querySelector("parsererror")) return;
  clean(parsed);
  const svg = document.adoptNode(parsed.documentElement);
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", data.title);
  const box = svg.viewBox.baseVal;
  Object.assign(view, { svg, source: data.svg, width: box.width, height: box.height, scale: null });
  view.pane.replaceChildren(svg);
  view.nodes = inReadingOrder([...svg.querySelectorAll("g.node")].filter((node) => node.id.startsWith("n:")), box);
  view.nodes.forEach(prepareNode);
  if (view.nodes.length) view.nodes[0].tabIndex = 0;
  const has = (selector) => svg.querySelector(selector) !== null;
  for (const item of view.legend.children) {
    const selector = { add: ".add", run: ".run" }[item.dataset.kind] ?? `.${item.dataset.kind}`;
    item.hidden = !has(selector);
    item.style.display = item.hidden ? "none" : "";
  }
  view.pane.scrollTo(0, 0);
  zoom(view, null);
}

// Along the net: from left to right in a strip, from top to bottom in a tall drawing.
function inReadingOrder(nodes, { width, height }) {
  const along = width > height ? ["x", "y"] : ["y", "x"];
  const place = new Map(nodes.map((node) => [node, center(node.getBBox())]));
  const apart = (a, b, axis) => place.get(a)[axis] - place.get(b)[axis];
  return nodes.sort((a, b) => (Math.abs(apart(a, b, along[0])) > 1 ? apart(a, b, along[0]) : apart(a, b, along[1])));
}

function center(box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function clean(parsed) {
  for (const bad of parsed.querySelectorAll("script, foreignObject, style, image")) bad.remove();
  for (const node of parsed.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) if (name.startsWith("on")) node.removeAttribute(name);
  }
  // Graphviz puts tooltips into links that lead nowhere; a title is what browsers show and read out.
  for (const link of parsed.querySelectorAll("a")) {
    const group = link.closest("g.node, g.edge, g.cluster, g.graph");
    const title = group?.querySelector(":scope > title");
    const words = link.getAttributeNS(XLINK, "title");
    if (title && words) title.textContent = words;
    link.replaceWith(...link.childNodes);
  }
}

function prepareNode(node) {
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", (node.querySelector("title")?.textContent ?? "").replaceAll("\n", ", "));
  node.tabIndex = -1;
}

function paint(view, recolour) {
  const style = getComputedStyle(view.root);
  const [r, g, b] = (style.getPropertyValue("--st-background-color").match(/[\da-f]{2}/gi) ?? ["ff", "ff", "ff"]).map(
    (part) => parseInt(part, 16),
  );
  const isDark = 0.299 * r + 0.587 * g + 0.114 * b < 128;
  view.root.classList.toggle("dark", isDark);
  if (!view.svg || view.isDark === isDark && view.painted === view.svg) return;
  for (const shape of view.svg.querySelectorAll("[fill], [stroke]")) {
    for (const name of ["fill", "stroke"]) {
      const light = shape.dataset[name] ?? shape.getAttribute(name);
      if (!light || !(light in recolour)) continue;
      shape.dataset[name] = light;
      shape.setAttribute(name, isDark ? recolour[light] : light);
    }
  }
  paintLegend(view);
  Object.assign(view, { isDark, painted: view.svg });
}

// The signs take their colours from the wires of the drawing itself.
function paintLegend(view) {
  for (const sign of view.legend.querySelectorAll("[class^=sign-]")) {
    const wire = view.svg.querySelector(`.edge.${sign.getAttribute("class").slice(5)} path`);
    if (wire) sign.setAttribute("stroke", wire.getAttribute("stroke"));
  }
}

function select(view, id) {
  for (const node of view.nodes) {
    const isChosen = node.id === `n:${id}`;
    node.classList.toggle("selected", isChosen);
    node.setAttribute("aria-pressed", String(isChosen));
  }
}

function onClick(view, event) {
  const node = event.target.closest?.("g.node");
  if (node && view.nodes.includes(node)) choose(view, node);
}

function choose(view, node) {
  const id = node.id.slice(2);
  focusNode(view, node);
  select(view, id);
  view.choose(id);
}

function onKey(view, event) {
  const index = view.nodes.indexOf(event.target);
  if (index < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const ends = { Home: 0, End: view.nodes.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") choose(view, view.nodes[index]);
  else if (step) focusNode(view, view.nodes[Math.max(0, Math.min(view.nodes.length - 1, index + step))]);
  else if (ends !== undefined) focusNode(view, view.nodes[ends]);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function focusNode(view, node) {
  for (const other of view.nodes) other.tabIndex = -1;
  node.tabIndex = 0;
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// A scale of null: the natural size, in which type has 11 pixels at least, or larger where the pane is wider.
function zoom(view, scale) {
  if (!view.svg) return;
  view.scale = scale;
  const shown = scale ?? Math.max(1, fitScale(view));
  view.svg.setAttribute("width", String(view.width * shown));
  view.svg.setAttribute("height", String(view.height * shown));
}

function currentScale(view) {
  return view.svg.width.baseVal.value / view.width;
}

function fitScale(view) {
  return Math.min(LARGEST_FIT, (view.pane.clientWidth || view.width) / view.width);
}

function element(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
