// A small picture of the whole drawing with the part in sight marked in it; only when there is more than fits.

import { element } from "../../browser/element.js";
import { clamp } from "../../browser/numbers.js";
import { roomOf, scrollPane, toDrawing } from "./camera.js";

const MAP_ROOM = { strip: { width: 220, height: 64 }, tall: { width: 56, height: 420 } };
const MAP_THINNEST = 18;

export function makeMap(view, on) {
  const map = element("canvas", "map");
  map.setAttribute("aria-hidden", "true");
  map.hidden = true;
  const move = (event) => moveByMap(view, event);
  map.addEventListener("pointerdown", (event) => (map.setPointerCapture(event.pointerId), move(event)), { signal: on });
  map.addEventListener("pointermove", (event) => event.buttons && move(event), { signal: on });
  return map;
}

export function updateMap(view) {
  const { map, pane, size, camera, isStrip } = view;
  const room = { width: view.root.clientWidth, height: roomOf(view).height };
  const isAllThere = size.width * camera.scale <= room.width + 1 && size.height * camera.scale <= room.height + 1;
  map.hidden = isAllThere;
  view.root.classList.toggle("with-side-map", !isAllThere && !isStrip);
  if (isAllThere) return;
  const most = isStrip
    ? MAP_ROOM.strip
    : { ...MAP_ROOM.tall, height: Math.min(MAP_ROOM.tall.height, pane.clientHeight) };
  const scale = Math.min(most.width / size.width, most.height / size.height);
  // A long thin drawing is stretched across, or there would be nothing to see.
  view.mapScale = {
    x: isStrip ? scale : Math.max(scale, MAP_THINNEST / size.width),
    y: isStrip ? Math.max(scale, MAP_THINNEST / size.height) : scale,
  };
  paintMap(view);
}

function paintMap(view) {
  const { map, size, mapScale: scale, pane } = view;
  const [width, height] = [Math.ceil(size.width * scale.x), Math.ceil(size.height * scale.y)];
  const density = window.devicePixelRatio || 1;
  map.width = width * density;
  map.height = height * density;
  Object.assign(map.style, { width: `${width}px`, height: `${height}px` });
  const canvas = map.getContext("2d");
  canvas.setTransform(density * scale.x, 0, 0, density * scale.y, 0, 0);
  for (const thing of view.things.values()) {
    const { x, y, width: wide, height: high } = thing.box;
    canvas.globalAlpha = thing.isFrame ? 0.12 : 0.9;
    canvas.fillStyle = colourOf(thing);
    canvas.fillRect(x, y, Math.max(wide, 1 / scale.x), Math.max(high, 1 / scale.y));
  }
  const from = toDrawing(view, { x: 0, y: 0 });
  const to = toDrawing(view, { x: pane.clientWidth, y: pane.clientHeight });
  const [left, top] = [clamp(from.x, 0, size.width), clamp(from.y, 0, size.height)];
  canvas.setTransform(density, 0, 0, density, 0, 0);
  canvas.globalAlpha = 1;
  canvas.lineWidth = 2;
  canvas.strokeStyle = getComputedStyle(view.root).getPropertyValue("--st-primary-color") || "currentColor";
  const [right, bottom] = [Math.min(to.x, size.width), Math.min(to.y, size.height)];
  canvas.strokeRect(left * scale.x + 1, top * scale.y + 1, (right - left) * scale.x - 2, (bottom - top) * scale.y - 2);
}

// A box by its outline, which tells the stages apart; a shaded one by its shade.
function colourOf(thing) {
  return thing.shape.style.fill || thing.shape.getAttribute("stroke") || "gray";
}

function moveByMap(view, event) {
  const { map, mapScale: scale, camera, pane } = view;
  const place = map.getBoundingClientRect();
  const spot = { x: (event.clientX - place.left) / scale.x, y: (event.clientY - place.top) / scale.y };
  scrollPane(
    view,
    spot.x * camera.scale + camera.origin.x - pane.clientWidth / 2,
    spot.y * camera.scale + camera.origin.y - pane.clientHeight / 2,
  );
}
