// The title of a frame that is wider than what is seen of it stands in the middle of what is seen; that of a net among
// several stands at the left, in sight as long as something of the net is.

import { clamp } from "../../browser/numbers.js";
import { toDrawing } from "./camera.js";

const TITLE_ROOM = 90;
const NET_TITLE_ROOM = 280;

export function placeTitles(view) {
  if (!view.svg || !view.isStrip) return;
  const left = toDrawing(view, { x: 0, y: 0 }).x;
  const right = toDrawing(view, { x: view.pane.clientWidth, y: 0 }).x;
  for (const { isFrame, box, element: frame } of view.things.values()) {
    if (!isFrame || box.width < 4 * TITLE_ROOM) continue;
    if (frame.classList.contains("network")) {
      moveWords(frame, clamp(left - box.x, 0, Math.max(0, box.width - NET_TITLE_ROOM)));
      continue;
    }
    const middle = box.x + box.width / 2;
    const seen = (Math.max(box.x, left) + Math.min(box.x + box.width, right)) / 2;
    const place = clamp(seen, box.x + TITLE_ROOM, box.x + box.width - TITLE_ROOM);
    moveWords(frame, place - middle);
  }
}

function moveWords(frame, by) {
  for (const line of frame.children) {
    if (line.localName === "text") line.setAttribute("transform", `translate(${by.toFixed(1)} 0)`);
  }
}
