// A camera that is had, refused, lost and turned off, without one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Device } from "../../../resnet_viz/ui/components/camera_view/js/device.js";

/** A track that notes whether it was stopped. */
class Track extends EventTarget {
  isStopped = false;

  stop() {
    this.isStopped = true;
  }
}

/** A stream of one track, which can be unplugged. */
class Stream {
  track = new Track();

  getTracks() {
    return [this.track];
  }

  unplug() {
    this.track.dispatchEvent(new Event("ended"));
  }
}

/**
 * A device, what it says, and how often it stopped; `ask` is what the browser answers when it is asked for a camera.
 *
 * @param {(() => Promise<Stream>) | null} ask
 */
function made(ask) {
  const mediaDevices = ask && { getUserMedia: ask };
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: mediaDevices });
  const end = new AbortController();
  const video = { srcObject: null, play: async () => {} };
  const device = new Device(/** @type {HTMLVideoElement} */ (/** @type {unknown} */ (video)), end.signal);
  /** @type {(string | null)[]} */
  const said = [];
  device.changed.listen(() => said.push(device.reason));
  let stops = 0;
  device.stopped.listen(() => {
    stops += 1;
  });
  return { device, video, said, end, stops: () => stops };
}

/** @param {string} name */
const failing = (name) => async () => {
  throw new DOMException("", name);
};

test("a camera that is had is waited for, and then nothing is said", async () => {
  const stream = new Stream();
  const { device, video, said } = made(async () => stream);
  await device.turnOn();
  assert.deepEqual(said, ["starting", null]);
  assert.deepEqual([device.isOn, device.hasPicture, video.srcObject], [true, true, stream]);
});

test("why there is none is told", async () => {
  const names = ["NotAllowedError", "SecurityError", "NotFoundError", "OverconstrainedError", "NotReadableError"];
  const reasons = [];
  for (const name of names) {
    const { device } = made(failing(name));
    await device.turnOn();
    assert.equal(device.isOn, false);
    reasons.push(device.reason);
  }
  assert.deepEqual(reasons, ["refused", "refused", "missing", "missing", "busy"]);
  const { device } = made(null);
  await device.turnOn();
  assert.equal(device.reason, "insecure");
});

test("a camera that is turned off puts its light out, and can be turned on again", async () => {
  const streams = [new Stream(), new Stream()];
  let asked = 0;
  const { device, video, stops } = made(async () => streams[asked++]);
  await device.turnOn();
  device.switchPower();
  assert.deepEqual([streams[0].track.isStopped, video.srcObject, device.reason, stops()], [true, null, "off", 1]);
  device.switchPower();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual([device.hasPicture, device.reason, streams[1].track.isStopped], [true, null, false]);
});

test("a camera that comes after it was turned off, or after the view has gone, is put out at once", async () => {
  for (const leave of ["off", "gone"]) {
    const stream = new Stream();
    const { device, end } = made(async () => stream);
    const turning = device.turnOn();
    if (leave === "off") device.switchPower();
    else end.abort();
    await turning;
    assert.deepEqual([stream.track.isStopped, device.hasPicture], [true, false]);
  }
});

test("turned off and on again while the browser asks, one camera is used", async () => {
  let asked = 0;
  const { device, said } = made(async () => {
    asked += 1;
    return new Stream();
  });
  const turning = device.turnOn();
  device.switchPower();
  device.switchPower();
  await turning;
  assert.deepEqual([asked, said, device.hasPicture], [1, ["starting", "off", "starting", null], true]);
});

test("a camera that is unplugged is lost; one that was given up before is not", async () => {
  const stream = new Stream();
  const { device } = made(async () => stream);
  await device.turnOn();
  stream.unplug();
  assert.deepEqual([device.reason, device.isOn], ["lost", false]);
  device.switchPower();
  stream.unplug();
  assert.notEqual(device.reason, "lost");
});
