// The browser's frames: what is shown again and again is shown once in each.

/**
 * What is returned may be called as often as one likes: `act` is called once in the next frame, as long as the view lives.
 *
 * @param {() => void} act
 * @param {AbortSignal} on
 */
export function oncePerFrame(act, on) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (!on.aborted) act();
    });
  };
}
