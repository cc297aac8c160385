// Hands what Python says is selected to the view of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";

const markedViews = new WeakMap();

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const { views, marks } = pageRegistry();
  const before = markedViews.get(parentElement);
  if (before && before.graph !== data.graph) takeBack(before);
  markedViews.set(parentElement, data);
  marks.set(data.graph, data);
  views.get(data.graph)?.takeMark(data);
  return () => takeBack(markedViews.get(parentElement));
}

// Where the page is laid out anew, the next mount of the same name may have spoken before this one ends.
function takeBack(said) {
  const { marks } = pageRegistry();
  if (marks.get(said.graph) === said) marks.delete(said.graph);
}
