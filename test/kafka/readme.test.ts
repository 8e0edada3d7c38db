import { expect, test } from "bun:test";
import { DEFAULTS as consumer } from "../../src/kafka/consumer/index.ts";
import { DEFAULTS as producer } from "../../src/kafka/producer/producer.ts";

/** `10 s`, `8 MiB`, `10,000 records`: the README says limits as people do. */
const UNITS: Readonly<Record<string, number>> = { s: 1_000, MiB: 1024 * 1024 };

test.each([
  ["The producer", producer],
  ["The consumer", consumer],
])("the README's limits under %s are the program's", async (heading, defaults) => {
  const readme = await Bun.file("src/kafka/README.md").text();
  const [, section = ""] = readme.split(`## ${heading}\n`);
  const [, table = ""] = section.split("| limit | default |\n|---|---|\n");
  const rows = (table.split("\n\n")[0] ?? "").split("\n");
  const written = rows.flatMap((row) => {
    const numbers = [...row.matchAll(/(\d[\d,.]*) ?(\w*)/g)].map(
      ([, digits = "", unit = ""]) => Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1),
    );
    // Two names share a number where there is only one.
    return [...row.matchAll(/`(\w+(?:Max|Ms))`/g)].map(([, name = ""], at) => [name, numbers[at] ?? numbers[0]]);
  });
  const limits = Object.entries(defaults).filter(([, value]) => typeof value === "number");
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(limits));
});
