// A place for the lists of the walk of that name; either of the two may be there first.

import { pageRegistry } from "../../browser/registry.js";
import { followTheme } from "../../browser/theme.js";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".walk-view");
  if (!root || !data) return undefined;
  followTheme(root);
  const { walks, walkPlaces } = pageRegistry();
  walkPlaces.set(data.walk, root);
  walks.get(data.walk)?.takePlace(root);
  return () => walkPlaces.delete(data.walk);
}
