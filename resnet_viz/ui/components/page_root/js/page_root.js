// Sets what holds for the whole page on its root element: the language, and all of the projector mode that no widget does.

import { endView, viewOf } from "../../browser/life.js";
import { PageKeys } from "./keys.js";
import { fitPrint } from "./printing.js";
import { reachCode } from "./scrolled_code.js";
import { tendSidebar } from "./sidebar.js";
import { Stage } from "./stage.js";
import { sayStock } from "./stock_words.js";

/** @import { FrontendRendererArgs } from "@streamlit/component-v2-lib" */
/** @import { PageData, ScreenMessage } from "../../payloads.d.ts" */

/** @param {FrontendRendererArgs<{ screen: ScreenMessage }, PageData | null>} given */
export default function ({ data, parentElement, setStateValue }) {
  if (!data) return undefined;
  document.documentElement.lang = data.language;
  sayStock(data.words);
  tendSidebar();
  reachCode();
  const root = /** @type {HTMLElement | null} */ (parentElement.querySelector("span"));
  if (!root) return undefined;
  const { stage } = viewOf(root, (on) => {
    const stage = new Stage(on);
    fitPrint(on);
    return { stage, keys: new PageKeys(on) };
  });
  stage.tellBy((screen) => setStateValue("screen", screen));
  stage.take(data.projector);
  return () => endView(root);
}
