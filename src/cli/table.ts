/**
 * Rows as aligned columns, two spaces apart. A column whose cells are numbers stands to the right. The last column is
 * not padded, so that long texts wrap in the terminal and nowhere else.
 */
export function columns(
  rows: readonly (readonly (string | number)[])[],
  { header }: { header?: readonly string[] } = {},
): string {
  const cells = [...(header ? [header] : []), ...rows].map((row) => row.map(String));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...cells.map((row) => Bun.stringWidth(row[at] ?? ""))),
  );
  const toTheRight = widths.map((_, at) => rows.length > 0 && rows.every((row) => isNumber(row[at])));
  const lines = cells.map((row) =>
    row
      .map((cell, at) => {
        const padding = " ".repeat((widths[at] ?? 0) - Bun.stringWidth(cell));
        if (toTheRight[at]) return padding + cell;
        return at === count - 1 ? cell : cell + padding;
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** 12345 as 12,345. */
export const counted = (count: number): string => count.toLocaleString("en-US");

function isNumber(cell: string | number | undefined): boolean {
  return cell === undefined || /^-?[\d,.]+(%|\/s)?$|^-?$/.test(String(cell));
}
