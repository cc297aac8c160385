// Numbers in words, as resnet_viz/units.py writes them: 11.7 M, 231 MMACs, 44.6 MiB, 435 px.

const DECIMAL = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];
const BINARY = [
  [2 ** 60, "EiB"],
  [2 ** 50, "PiB"],
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

export function amountText(value, kind, language) {
  const whole = new Intl.NumberFormat(language).format(Math.round(value));
  if (kind === "macs") return `${scaledText(value, DECIMAL, language) ?? `${whole} `}MACs`;
  if (kind === "bytes") return scaledText(value, BINARY, language) ?? `${whole} B`;
  if (kind === "pixels") return `${whole} px`;
  return scaledText(value, DECIMAL, language) ?? whole;
}

function scaledText(value, scale, language) {
  let at = scale.findIndex(([size]) => value >= size);
  if (at < 0) return null;
  // 999,999 would become "1000 k": the next larger unit says it better.
  const rounded = Number((value / scale[at][0]).toPrecision(3)) * scale[at][0];
  if (at > 0 && rounded >= scale[at - 1][0]) at -= 1;
  return `${threeFigures(value / scale[at][0], language)} ${scale[at][1]}`;
}

function threeFigures(value, language) {
  const figures =
    value < 999.5 ? { minimumSignificantDigits: 3, maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language, { ...figures, useGrouping: false }).format(value);
}
