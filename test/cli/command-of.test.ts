import { expect, test } from "bun:test";
import { asTyped, commandOf } from "../../src/cli/command-of.ts";
import { sluice, typed } from "../support/sluice.ts";

test.each([
  [["/usr/local/bin/bun", "/srv/sluice/src/main.ts"], "bun sluice"],
  [["/srv/.npm/_npx/0f3a/node_modules/bun/bin/bun.exe", "/srv/sluice/src/main.ts"], `npx -y bun@${Bun.version} sluice`],
  [["/srv/bin/sluice", "/$bunfs/root/sluice"], "sluice"],
])("what was started as %p is named as it was", (self, command) => {
  expect(commandOf(self)).toBe(command);
});

test("hints are commands that can be typed as they stand", async () => {
  const sentence = "sluice: schemas/types.ts is not there; `sluice types` writes it.";
  expect(asTyped(sentence, ["/srv/bin/sluice", "/$bunfs/root/sluice"])).toBe(sentence);
  expect((await sluice(["types", "--check"], { SLUICE_SCHEMAS: "/nowhere/schemas" })).err).toContain(
    typed("`sluice dev`"),
  );
});
