import { expect, test } from "bun:test";
import { SEND_ERRORS, sendErrorTable } from "../../src/client/errors.ts";
import * as client from "../../src/client/index.ts";
import { RETRY } from "../../src/client/retry.ts";
import { expectPrinted } from "../support/page.ts";

const README = "src/client/README.md";

test("the README lists the errors", async () => {
  await expectPrinted(README, "errors", sendErrorTable());
  expect(Object.keys(client)).toEqual(expect.arrayContaining(Object.keys(SEND_ERRORS)));
});

test("the README tells the default policy", async () => {
  const { attempts, delayMs, maxDelayMs } = RETRY;
  expect(await Bun.file(README).text()).toContain(
    `\`{ attempts: ${attempts}, delayMs: ${delayMs}, maxDelayMs: ${maxDelayMs.toLocaleString("en").replace(",", "_")} }\``,
  );
});

test("the client is itself and nothing else: it runs in a browser, too", async () => {
  const built = await Bun.build({ entrypoints: ["src/client/index.ts"], target: "browser", minify: true });
  const [bundle] = built.outputs;
  const text = (await bundle?.text()) ?? "";
  expect(text).not.toMatch(/\brequire\(|\bfrom"|\bBun\.|\bprocess\.|\bBuffer\b/);
  expect(text.length).toBeGreaterThan(1_000);
  expect(text.length).toBeLessThan(12_000);
});
