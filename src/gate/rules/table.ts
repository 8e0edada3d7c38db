import { RULES } from "./index.ts";

const FAMILIES = {
  compatibility: "bytes that cannot be read",
  typescript: "code that no longer fits",
  catalog: "the folder and its promises",
  lint: "style",
} as const;

/** Every rule as the README's table. */
export function rulesTable(): string {
  const rows = RULES.map(
    ({ id, family, level, purpose }) =>
      `| \`${id}\` | ${FAMILIES[family]} | ${level} | ${purpose.replaceAll("|", "\\|")} |`,
  );
  return ["| rule | about | usual level | what holds where it is kept |", "|---|---|---|---|", ...rows].join("\n");
}
