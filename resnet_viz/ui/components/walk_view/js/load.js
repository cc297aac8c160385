// The walks of a net, asked for once; those of a few nets are kept.

import { readWalk } from "./record.js";

const MOST_KEPT = 4;

export async function loadWalks(view, net) {
  if (view.kept.has(net)) return view.kept.get(net);
  const asked = new URLSearchParams(net);
  asked.set("lang", view.data.language);
  try {
    const answer = await fetch(new URL(`${view.data.route}?${asked}`, document.baseURI), {
      signal: view.closing.signal,
    });
    if (!answer.ok) return null;
    const payload = await answer.json();
    const walks = { payload, build: readWalk(payload, "build"), forward: readWalk(payload, "forward") };
    while (view.kept.size >= MOST_KEPT) view.kept.delete(view.kept.keys().next().value);
    view.kept.set(net, walks);
    return walks;
  } catch {
    return null;
  }
}
