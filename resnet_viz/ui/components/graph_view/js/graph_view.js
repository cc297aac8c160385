// The component's entry. Streamlit calls it again with the same element whenever data or theme change.

import { endView, rootOf, viewOf } from "../../browser/life.js";
import { GraphView } from "./view.js";

/** @import { FrontendRenderer } from "@streamlit/component-v2-lib" */
/** @import { GraphData } from "../../payloads.d.ts" */
/** @import { Messages } from "./asking/telling.js" */

/** @type {FrontendRenderer<Messages, GraphData | null>} */
const showGraph = ({ data, parentElement, setTriggerValue }) => {
  const root = rootOf(parentElement, "graph-view");
  if (!root || !data) return undefined;
  const view = viewOf(root, (on) => new GraphView(root, data, on));
  view.takeTrigger(setTriggerValue);
  view.update(data);
  return () => endView(root);
};

export default showGraph;
