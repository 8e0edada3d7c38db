import { test } from "bun:test";
import { registryErrorsTable } from "../../src/registry/errors.ts";
import { expectPrinted } from "../support/page.ts";

test("the registry's README lists exactly the errors that there are", async () => {
  await expectPrinted("src/registry/README.md", "registry-errors", registryErrorsTable());
});
