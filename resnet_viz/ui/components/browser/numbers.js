// Arithmetic that several components need.

export function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
