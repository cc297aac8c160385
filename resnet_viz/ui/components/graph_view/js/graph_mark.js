// Hands what Python says is selected to the view of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";

/** @import { FrontendRenderer, FrontendState } from "@streamlit/component-v2-lib" */
/** @import { GraphMark } from "../../payloads.d.ts" */

/**
 * What each mount has said last.
 *
 * @type {WeakMap<Node, GraphMark>}
 */
const saidBy = new WeakMap();

/** @type {FrontendRenderer<FrontendState, GraphMark | null>} */
const takeGraphMark = ({ data, parentElement }) => {
  if (!data) return undefined;
  const { views, marks } = pageRegistry();
  const before = saidBy.get(parentElement);
  if (before && before.graph !== data.graph) takeBack(before);
  saidBy.set(parentElement, data);
  marks.set(data.graph, data);
  views.get(data.graph)?.takeMark(data);
  return () => takeBack(saidBy.get(parentElement));
};

export default takeGraphMark;

/**
 * Where the page is laid out anew, the next mount of the same name may have spoken before this one ends.
 *
 * @param {GraphMark | undefined} said
 */
function takeBack(said) {
  const { marks } = pageRegistry();
  if (said && marks.get(said.graph) === said) marks.delete(said.graph);
}
