// The title of a frame that is wider than what is seen of it stands in the middle of what is seen.

const TITLE_ROOM = 90;

function placeTitles(view) {
  if (!view.svg || !view.isStrip) return;
  const left = toDrawing(view, { x: 0, y: 0 }).x;
  const right = toDrawing(view, { x: view.pane.clientWidth, y: 0 }).x;
  for (const { isFrame, box, element: frame } of view.things.values()) {
    if (!isFrame || box.width < 4 * TITLE_ROOM) continue;
    const middle = box.x + box.width / 2;
    const seen = (Math.max(box.x, left) + Math.min(box.x + box.width, right)) / 2;
    const place = clamp(seen, box.x + TITLE_ROOM, box.x + box.width - TITLE_ROOM);
    for (const line of frame.children) {
      if (line.localName === "text") line.setAttribute("transform", `translate(${(place - middle).toFixed(1)} 0)`);
    }
  }
}
