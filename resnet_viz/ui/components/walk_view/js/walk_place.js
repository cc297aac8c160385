// A place for a part of the walk of that name; either of the two may be there first.

import { rootOf } from "../../browser/life.js";
import { pageRegistry } from "../../browser/registry.js";
import { followTheme } from "../../browser/theme.js";

/** @import { FrontendRenderer } from "@streamlit/component-v2-lib" */
/** @import { WalkPlaceData } from "../../payloads.d.ts" */

/** @type {FrontendRenderer<{}, WalkPlaceData | null>} */
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "walk-view");
  if (!root || !data) return undefined;
  followTheme(root);
  const { walks, walkPlaces } = pageRegistry();
  const { walk, part } = data;
  const places = walkPlaces.get(walk) ?? new Map();
  walkPlaces.set(walk, places.set(part, root));
  walks.get(walk)?.takePlace(part, root);
  return () => places.delete(part);
}
