// Light or dark, as the page is, whatever the system says.

/** @param {Element} root */
export function isDarkTheme(root) {
  const parts = getComputedStyle(root)
    .getPropertyValue("--st-background-color")
    .match(/[\da-f]{2}/gi);
  const [r, g, b] = (parts ?? ["ff", "ff", "ff"]).map((part) => parseInt(part, 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

/**
 * `light-dark()` in a style sheet goes by it.
 *
 * @param {HTMLElement} root
 */
export function followTheme(root) {
  root.style.colorScheme = isDarkTheme(root) ? "dark" : "light";
}
