// Hands what Python says is to be shown to the walk of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";

const markedWalks = new WeakMap();

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const { walks, walkMarks } = pageRegistry();
  markedWalks.set(parentElement, data.walk);
  walkMarks.set(data.walk, data);
  walks.get(data.walk)?.takeMark(data);
  return () => walkMarks.delete(markedWalks.get(parentElement));
}
