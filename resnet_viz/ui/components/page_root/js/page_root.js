// Sets what holds for the whole page on its root element.

import { tellScaled } from "../../browser/page_events.js";
import { tendSidebar } from "./sidebar.js";
import { sayStock } from "./stock_words.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { PageData } from "../../payloads.d.ts" */

/** @param {FrontendRendererArgs<{}, PageData | null>} given */
export default function ({ data }) {
  if (!data) return;
  const { documentElement: page } = document;
  page.lang = data.language;
  sayStock(data.words);
  tendSidebar();
  if (page.hasAttribute("data-projector") === data.projector) return;
  page.toggleAttribute("data-projector", data.projector);
  tellScaled();
}
