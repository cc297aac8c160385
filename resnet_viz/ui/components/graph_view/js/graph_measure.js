// Hands what was measured of a drawing's boxes to the view of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";

/** @import { FrontendRenderer, FrontendState } from "@streamlit/component-v2-lib" */
/** @import { GraphMeasure } from "../../payloads.d.ts" */

/** @type {FrontendRenderer<FrontendState, GraphMeasure | null>} */
const takeGraphMeasure = ({ data }) => {
  if (!data) return undefined;
  const { views, measures } = pageRegistry();
  measures.set(data.graph, data);
  views.get(data.graph)?.takeMeasure();
  return () => {
    if (measures.get(data.graph) !== data) return; // The next one has spoken before this one ends.
    measures.delete(data.graph);
    views.get(data.graph)?.takeMeasure();
  };
};

export default takeGraphMeasure;
