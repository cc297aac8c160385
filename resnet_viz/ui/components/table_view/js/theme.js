// The stages' colours, which are the drawing's, in the theme of the page.

function paintTheme(view) {
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

function isDarkTheme(root) {
  const parts = getComputedStyle(root).getPropertyValue("--st-background-color").match(/[\da-f]{2}/gi);
  const [r, g, b] = (parts ?? ["ff", "ff", "ff"]).map((part) => parseInt(part, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}
