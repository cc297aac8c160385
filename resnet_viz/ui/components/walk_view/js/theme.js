// Light or dark, as the page is, whatever the system says: `light-dark()` in the style sheet goes by it.

function followTheme(root) {
  const parts = getComputedStyle(root).getPropertyValue("--st-background-color").match(/[\da-f]{2}/gi);
  const [r, g, b] = (parts ?? ["ff", "ff", "ff"]).map((part) => parseInt(part, 16));
  root.style.colorScheme = 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}
