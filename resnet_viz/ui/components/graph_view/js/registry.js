// What the views of one page know of each other: the one place outside a view that holds anything.

function graphRegistry() {
  window.resnetVizGraphs ??= {
    views: new Map(), marks: new Map(), walks: new Map(), walkMarks: new Map(), walkPlaces: new Map(), growths: new Map(),
  };
  return window.resnetVizGraphs;
}

function enterView(view) {
  const { views } = graphRegistry();
  if (view.name !== view.data.graph) leaveView(view);
  view.name = view.data.graph;
  views.set(view.name, view);
}

function markOf(view) {
  return graphRegistry().marks.get(view.name) ?? null;
}

function leaveView(view) {
  const { views } = graphRegistry();
  if (views.get(view.name) === view) views.delete(view.name);
}

function linkedViews(view) {
  if (!view.data.link) return [];
  return [...graphRegistry().views.values()].filter((other) => other !== view && other.data.link === view.data.link);
}
