// The stages' colours, which are the drawing's, in the theme of the page.

import { isDarkTheme } from "../../browser/theme.js";

export function paintTheme(view) {
  const theme = isDarkTheme(view.root) ? "dark" : "light";
  view.root.classList.toggle("dark", theme === "dark");
  view.data.rows.forEach(({ colours }, at) => {
    const [fill, line] = colours?.[theme] ?? ["", ""];
    const { style } = view.rows[at];
    if (fill) style.setProperty("--fill", fill);
    else style.removeProperty("--fill");
    if (line) style.setProperty("--stage", line);
    else style.removeProperty("--stage");
  });
}
