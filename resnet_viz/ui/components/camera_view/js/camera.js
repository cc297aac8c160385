// The camera itself: on, off, and why it cannot be had.

import { say } from "./camera_view.js";
import { stopSending } from "./frames.js";

const WISHES = { audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } };

export async function turnOn(view) {
  if (view.stream || view.isStarting) return;
  if (!navigator.mediaDevices?.getUserMedia) {
    say(view, "insecure");
    return;
  }
  view.isStarting = true;
  say(view, "starting");
  try {
    const stream = await navigator.mediaDevices.getUserMedia(WISHES);
    view.isStarting = false;
    // It may have been turned off, or the view have gone, while the browser asked.
    if (view.closing.signal.aborted || view.isOff) stopTracks(stream);
    else useStream(view, stream);
  } catch (error) {
    view.isStarting = false;
    if (!view.closing.signal.aborted) say(view, reasonOf(error));
  }
}

function reasonOf({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

function useStream(view, stream) {
  view.stream = stream;
  view.video.srcObject = stream;
  // Refused where the page is left at once; then there is nothing to play.
  view.video.play().catch(() => {});
  for (const track of stream.getTracks()) {
    track.addEventListener("ended", () => lose(view, stream), { signal: view.closing.signal });
  }
  say(view, "");
}

// Unplugged, or taken back in the browser's settings.
function lose(view, stream) {
  if (view.stream !== stream) return;
  turnOff(view);
  say(view, "lost");
}

// Stopped tracks put the camera's light out.
export function turnOff(view) {
  stopSending(view);
  if (view.stream) stopTracks(view.stream);
  view.stream = null;
  view.video.srcObject = null;
  if (!view.closing.signal.aborted) say(view, "off");
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
