// Both walks of a net, as the server told them.

import { Walk } from "./walk.js";

/** @import { WalkPayload } from "../../../payloads.d.ts" */
/** @import { WalkKind } from "./walk.js" */

/** @type {WalkKind[]} */
export const WALK_KINDS = ["build", "forward"];

/**
 * Which of the two walks a word of Python's means.
 *
 * @param {string} kind
 * @returns {WalkKind}
 */
export function kindOf(kind) {
  return kind === "forward" ? "forward" : "build";
}

export class NetWalks {
  /** @param {WalkPayload} payload */
  constructor(payload) {
    this.net = payload.net;
    this.calls = payload.stages;
    this.build = new Walk(payload, "build");
    this.forward = new Walk(payload, "forward");
  }
}
