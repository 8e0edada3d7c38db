import { expect, test } from "bun:test";
import { DEFAULTS } from "../../../src/kafka/producer/producer.ts";

/** `10 s`, `8 MiB`, `10,000 records`: the README says limits as people do. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, MiB: 1024 * 1024 };

test("the README's limits are the producer's", async () => {
  const readme = await Bun.file("src/kafka/README.md").text();
  const [, table = ""] = readme.split("| limit | default |\n|---|---|\n");
  const rows = (table.split("\n\n")[0] ?? "").split("\n");
  const written = rows.flatMap((row) => {
    const numbers = [...row.matchAll(/(\d[\d,]*) ?(\w*)/g)].map(
      ([, digits = "", unit = ""]) => Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1),
    );
    // Two names share a number where there is only one.
    return [...row.matchAll(/`(\w+(?:Max|Ms))`/g)].map(([, name = ""], at) => [name, numbers[at] ?? numbers[0]]);
  });
  const { compression: _none, onRequest: _hook, ...limits } = DEFAULTS;
  expect(Object.fromEntries(written)).toEqual(limits);
});
