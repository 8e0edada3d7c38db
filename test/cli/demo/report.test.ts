import { expect, test } from "bun:test";
import { commandOf, nextText } from "../../../src/cli/demo/report.ts";

test.each([
  [["/usr/local/bin/bun", "/srv/sluice/src/main.ts"], "bun sluice"],
  [["/srv/.npm/_npx/0f3a/node_modules/bun/bin/bun.exe", "/srv/sluice/src/main.ts"], `npx -y bun@${Bun.version} sluice`],
  [["/srv/bin/sluice", "/$bunfs/root/sluice"], "sluice"],
])("what was started as %p is named as it was", (self, command) => {
  expect(commandOf(self)).toBe(command);
});

test("an order is shown only where its topic will be there", () => {
  expect(nextText("bun sluice", true)).toMatch(/`bun sluice dev`.*curl -i http:\/\/localhost:3000\/topics\/orders/s);
  expect(nextText("sluice", false)).toMatch(/`sluice dev` in a new folder/);
  expect(nextText("sluice", false)).not.toContain("orders");
});
