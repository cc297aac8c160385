// Drawings in rows are asked for again where the pane has become wider or narrower.

import { isInRows } from "../picture/shown.js";

/** @import { Shown } from "../picture/shown.js" */
/** @import { Asking } from "./asking.js" */
/** @import { Ready } from "./ready.js" */
/** @import { Width } from "./width.js" */

/**
 * Where the pane has become wider or narrower, the drawing in rows is asked for again. What was made ready had the width
 * before.
 *
 * @param {{ shown: Shown, width: Width, ready: Ready, asking: Asking }} parts
 */
export function wrapAgain({ shown, width, ready, asking }) {
  const { address } = shown.picture;
  if (!isInRows(address) || !width.isOther(address)) return;
  ready.forget();
  asking.askAgain();
}
