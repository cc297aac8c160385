// Hands what Python says is to be shown to the walk of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";

/** @import { FrontendRenderer } from "@streamlit/component-v2-lib" */
/** @import { WalkMarkData } from "../../payloads.d.ts" */

/** @type {FrontendRenderer<{}, WalkMarkData | null>} */
export default function ({ data }) {
  if (!data) return undefined;
  const { walks, walkMarks } = pageRegistry();
  walkMarks.set(data.walk, data);
  walks.get(data.walk)?.takeMark(data);
  return () => walkMarks.delete(data.walk);
}
