"""How long moves of the code walk's slider take until they are painted; for the browser tests and the benchmark."""

SLIDE_JS = """
async (moves) => {
  const shadows = [...document.querySelectorAll("div")].map((div) => div.shadowRoot);
  const slider = shadows.map((shadow) => shadow?.querySelector(".timeline input")).find(Boolean);
  const times = [];
  for (let n = 0; n < moves; n++) {
    const start = performance.now();
    slider.value = (n * 7919) % Number(slider.max);
    slider.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times;
}
"""
