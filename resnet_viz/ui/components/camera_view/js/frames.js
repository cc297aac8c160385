// Frames to Python: one at a time, none while the page still works on something, and none from a hidden tab.

import { showButtons } from "./camera_view.js";

const LIVE = { side: 480, quality: 0.8 };
const PHOTOGRAPH = { side: 1280, quality: 0.9 };
const LEAST_GAP_MS = 250;
const LOOK_MS = 50;
// An answer that is not there so long after the page came to rest will not come: the connection was lost meanwhile.
const LOST_MS = 3000;

export function setLive(view, isLive) {
  view.isLive = isLive;
  showButtons(view);
  keepSending(view);
}

export function stopSending(view) {
  clearTimeout(view.timer);
  view.timer = 0;
  view.isLive = false;
  view.wantsPhotograph = false;
  showButtons(view);
}

export function takePhotograph(view) {
  view.isLive = false;
  view.wantsPhotograph = true;
  showButtons(view);
  keepSending(view);
}

function keepSending(view) {
  if (view.timer || view.isGrabbing || !(view.isLive || view.wantsPhotograph)) return;
  view.timer = setTimeout(() => lookAround(view), LOOK_MS);
}

async function lookAround(view) {
  view.timer = 0;
  if (isFree(view)) {
    view.isGrabbing = true;
    await sendFrame(view);
    view.isGrabbing = false;
  }
  if (!view.closing.signal.aborted) keepSending(view);
}

function isFree(view) {
  const now = performance.now();
  if (isPageBusy()) view.restedSince = now;
  const isAnswered = view.answered >= view.number || now - Math.max(view.restedSince, view.sentAt) > LOST_MS;
  const isTime = isAnswered && now - view.sentAt >= LEAST_GAP_MS;
  return isTime && !isPageBusy() && !document.hidden && view.video.videoWidth > 0;
}

// A frame that came while the script runs would break that run off, and whatever a button had just begun in it. And
// pictures that the page has not fetched yet would be gone from the server.
function isPageBusy() {
  const state = document.querySelector("[data-test-script-state]")?.dataset.testScriptState;
  const isRunning = state !== undefined && state !== "notRunning";
  return isRunning || [...document.images].some((image) => !image.complete && image.loading !== "lazy");
}

async function sendFrame(view) {
  const how = view.wantsPhotograph ? PHOTOGRAPH : LIVE;
  const picture = await grab(view.video, how);
  // It may have been stopped while the picture was made.
  if (!picture || !view.stream || !(view.isLive || view.wantsPhotograph)) return;
  view.wantsPhotograph = false;
  send(view, picture);
}

function send(view, picture) {
  view.number = Math.max(view.number, view.answered) + 1;
  view.sentAt = performance.now();
  view.trigger("frame", { number: view.number, picture });
}

export function removePicture(view) {
  stopSending(view);
  send(view, null);
}

// The video's present picture as JPEG, in base64.
async function grab(video, { side, quality }) {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  const size = [video.videoWidth, video.videoHeight].map((length) => Math.max(1, Math.round(length * scale)));
  const canvas = new OffscreenCanvas(...size);
  canvas.getContext("2d").drawImage(video, 0, 0, ...size);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  const address = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener("loadend", () => resolve(reader.result ?? ""));
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
}
