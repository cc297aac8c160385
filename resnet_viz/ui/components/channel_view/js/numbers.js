// Numbers to read: values in four figures, read from their level and so about right.

export const EMPTY = 255;
export const TOP = 254;

export function numberText(value, language) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const notation = size !== 0 && (size < 1e-3 || size >= 1e6) ? "scientific" : "standard";
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 4, notation, useGrouping: false }).format(value);
}

export function shareText(share, language) {
  if (share === null) return "–";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(share);
}

// "≈ 0.53"; at the end of a scale that leaves values out, "≥ 0.53" or "≤ 0.53".
export function valueText(page, place, level) {
  if (level === EMPTY) return page.words.noValue;
  const [low, high] = [page.low[place], page.high[place]];
  const { min: least, max: most } = page.figures[place];
  const value = low < high ? low + (level / TOP) * (high - low) : least;
  const isBeyond = page.isClipped && ((level === TOP && most > high) || (level === 0 && least < low));
  const sign = isBeyond ? (level === TOP ? "≥" : "≤") : low < high ? "≈" : "=";
  return `${sign} ${numberText(value, page.words.language)}`;
}
