// What the views of one page know of each other: the one place outside a view that holds anything.

export function pageRegistry() {
  window.resnetVizGraphs ??= {
    views: new Map(),
    marks: new Map(),
    walks: new Map(),
    walkMarks: new Map(),
    walkPlaces: new Map(),
    growths: new Map(),
  };
  return window.resnetVizGraphs;
}
