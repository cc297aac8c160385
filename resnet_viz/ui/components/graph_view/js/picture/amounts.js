// Numbers in words, as resnet_viz/units.py writes them: 11.7 M, 231 MMACs, 44.6 MiB, 435 px.

/** @import { ShadeMetric } from "../../../payloads.d.ts" */
/** @typedef {[size: number, unit: string][]} Scale */

/** @type {Scale} */
const DECIMAL = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
/** @type {Scale} */
const BINARY = [
  [2 ** 60, "EiB"],
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

/**
 * @param {number} value
 * @param {ShadeMetric["kind"]} kind
 */
export function amountText(value, kind) {
  const whole = String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  if (kind === "macs") return `${scaledText(value, DECIMAL) ?? `${whole} `}MACs`;
  if (kind === "bytes") return scaledText(value, BINARY) ?? `${whole} B`;
  if (kind === "pixels") return `${whole} px`;
  return scaledText(value, DECIMAL) ?? whole;
}

/**
 * @param {number} value
 * @param {Scale} scale
 */
function scaledText(value, scale) {
  let at = scale.findIndex(([size]) => value >= size);
  if (at < 0) return null;
  // 999,999 would become "1000 k": the next larger unit says it better.
  if (at > 0 && Number(threeFigures(value / scale[at][0])) * scale[at][0] >= scale[at - 1][0]) at -= 1;
  return `${threeFigures(value / scale[at][0])} ${scale[at][1]}`;
}

/**
 * Three significant figures of a number of at least 1, or all its integer digits: 1.81, 44.6, 1023. Exactly between two,
 * Python takes the even one; JavaScript would take the larger.
 *
 * @param {number} value
 */
function threeFigures(value) {
  const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  const shifted = value * 10 ** decimals;
  const isBetween = Number.isInteger(value * 2 ** (decimals + 1)) && shifted % 1 === 0.5;
  if (!isBetween) return value < 999.5 ? value.toPrecision(3) : value.toFixed(0);
  const below = Math.floor(shifted);
  return ((below + (below % 2)) / 10 ** decimals).toFixed(decimals);
}
