// The place of a drawing among the views of its page.

import { pageRegistry } from "../../browser/registry.js";

export function enterView(view) {
  const { views } = pageRegistry();
  if (view.name !== view.data.graph) leaveView(view);
  view.name = view.data.graph;
  views.set(view.name, view);
}

export function markOf(view) {
  return pageRegistry().marks.get(view.name) ?? null;
}

export function leaveView(view) {
  const { views } = pageRegistry();
  if (views.get(view.name) === view) views.delete(view.name);
}
