/** One line of the report: the peer's rate, ours, and how they compare. */
export interface Comparison {
  readonly title: string;
  readonly unit: string;
  /** How many times the peer's rate we want. */
  readonly target: number;
  readonly peer: Measured;
  readonly sluice: Measured;
  readonly ratio: number;
}

export interface Measured {
  readonly rate: number;
  readonly note: string;
}

export const ratio = (peer: Measured, sluice: Measured) => ({ peer, sluice, ratio: sluice.rate / peer.rate });

/** The middle one by the number that `of` gives. */
export function median<T>(values: readonly T[], of: (value: T) => number): T {
  const sorted = values.toSorted((one, other) => of(one) - of(other));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError("no value to take the median of");
  return middle;
}

/** The comparisons as a Markdown table, which a terminal shows as well as a page does. */
export function table(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ title, unit, target, peer, sluice, ratio: times }) =>
    [title, shown(peer, unit), shown(sluice, unit), `**${times.toFixed(1)}x** (wanted ${target}x)`].join(" | "),
  );
  return ["| | peer | Sluice | ratio |", "|---|---|---|---|", ...rows.map((row) => `| ${row} |`)].join("\n");
}

function shown({ rate, note }: Measured, unit: string): string {
  const rounded = Number(rate.toPrecision(3)).toLocaleString("en");
  return note === "" ? `${rounded} ${unit}` : `${rounded} ${unit}, ${note}`;
}
