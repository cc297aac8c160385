// A place for the lists of the walk of that name; either of the two may be there first.

import { rootOf } from "../../browser/life.js";
import { pageRegistry } from "../../browser/registry.js";
import { followTheme } from "../../browser/theme.js";

/** @import { FrontendRenderer } from "@streamlit/component-v2-lib" */
/** @import { WalkListsData } from "../../payloads.d.ts" */

/** @type {FrontendRenderer<{}, WalkListsData | null>} */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "walk-view");
  if (!root || !data) return undefined;
  followTheme(root);
  const { walks, walkPlaces } = pageRegistry();
  walkPlaces.set(data.walk, root);
  walks.get(data.walk)?.takePlace(root);
  return () => walkPlaces.delete(data.walk);
}
