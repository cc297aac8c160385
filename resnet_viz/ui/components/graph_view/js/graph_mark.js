// Hands what Python says is selected to the view of that name; either of the two may be there first.

const markedViews = new WeakMap();

export default function ({ data, parentElement }) {
  if (!data) return undefined;
  const { views, marks } = graphRegistry();
  const before = markedViews.get(parentElement);
  if (before && before !== data.graph) marks.delete(before);
  markedViews.set(parentElement, data.graph);
  marks.set(data.graph, data);
  views.get(data.graph)?.takeMark(data);
  return () => marks.delete(markedViews.get(parentElement));
}
