import type { Handler } from "../parts.ts";

/** The requests that are answered, as the README's table. */
export function apiTable(handlers: readonly Handler[]): string {
  const rows = handlers
    .toSorted((one, other) => one.api.key - other.api.key)
    .map(
      ({ api: { key, name, versions }, leftOut }) =>
        `| ${key} | ${name} | ${versions.join("–")} | ${leftOut.join("; ")} |`,
    );
  return ["| key | request | versions | left out |", "|---|---|---|---|", ...rows].join("\n");
}
