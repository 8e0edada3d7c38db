/** A double as Java prints it: always with a fraction, with an exponent below a thousandth and from ten millions. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) return sign + withFraction(String(magnitude));
  // Of the two digits that Java always writes it takes the nearest, as in 4.9E-324.
  const two = magnitude.toExponential(1);
  const [digits = "", exponent = ""] = (Number(two) === magnitude ? two : magnitude.toExponential()).split("e");
  return `${sign}${withFraction(digits)}E${Number(exponent)}`;
}

/** The shortest decimal that is this float. */
export function floatOf(value: number): number {
  const float = Math.fround(value);
  if (!Number.isFinite(float)) return float;
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return float;
}

/** What Java's Double.parseDouble makes of a text, in decimal or as in 0x1.8p3. */
export function parsedDouble(text: string): number | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text.trim()) ?? [];
  const factor = sign === "-" ? -1 : 1;
  if (rest === "NaN") return Number.NaN;
  if (rest === "Infinity") return factor * Number.POSITIVE_INFINITY;
  const [, digits] = /^((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?$/.exec(rest) ?? [];
  const number = digits === undefined ? hexadecimal(rest) : Number(digits);
  return number === undefined ? undefined : factor * number;
}

function hexadecimal(text: string): number | undefined {
  const [, whole = "", fraction = "", exponent] =
    /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/.exec(text) ?? [];
  if (exponent === undefined || whole + fraction === "") return undefined;
  return Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
}

function withFraction(digits: string): string {
  return digits.includes(".") ? digits : `${digits}.0`;
}
