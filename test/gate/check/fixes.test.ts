import { expect, test } from "bun:test";
import fc from "fast-check";
import { COMPATIBILITY_LEVELS } from "../../../src/avro/index.ts";
import { applyEdits } from "../../../src/gate/fix/index.ts";
import { histories } from "../../avro/compat/pairs.ts";
import { base, check, folder } from "./support.ts";

/** What an author applies must leave fewer errors than there were, whichever versions the level asks about. */
test("a fix leaves no more errors over all that is compared with, at any level", () => {
  let fixes = 0;
  fc.assert(
    fc.property(histories(4), fc.constantFrom(...COMPATIBILITY_LEVELS), (texts, level) => {
      const folders = texts.map((schema) => of(schema, level));
      const now = folders.at(-1);
      if (now === undefined || folders.some(({ catalog }) => catalog.topics.length === 0)) return;
      const bases = [base("git:main", ...folders.slice(0, -1)), base("lock", ...folders.slice(0, 1))];
      const before = check({ reading: now, bases }).findings;
      for (const { fix } of before) {
        if (fix === undefined) continue;
        fixes++;
        const after = check({ reading: of(applyEdits(texts.at(-1) ?? "", fix.edits), level), bases }).findings;
        expect(after.filter(isError).length).toBeLessThanOrEqual(before.filter(isError).length);
        expect(after.length).toBeLessThan(before.length);
      }
    }),
    { numRuns: 1_000, seed: 7 },
  );
  expect(fixes).toBeGreaterThan(20);
});

const isError = ({ severity }: { severity: string }) => severity === "error";

const of = (schema: string, level: string) =>
  folder({ "shop.order.placed": { schema, settings: `key: null\ncompatibility: ${level}` } });
