import { expect, test } from "bun:test";
import { nextText } from "../../../src/cli/demo/report.ts";

test("an order is shown only where its topic will be there", () => {
  expect(nextText("bun sluice", true)).toMatch(/`bun sluice dev`.*curl -i http:\/\/localhost:3000\/topics\/orders/s);
  expect(nextText("sluice", false)).toMatch(/`sluice dev` in a new folder/);
  expect(nextText("sluice", false)).not.toContain("orders");
});
