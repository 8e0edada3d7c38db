import { test } from "bun:test";
import { ENDPOINTS, endpointsTable, faultsTable } from "../../../src/registry/server/index.ts";
import { expectPrinted } from "../../support/page.ts";

test("the registry's README lists exactly the calls that the server answers", () =>
  expectPrinted("src/registry/README.md", "registry-endpoints", endpointsTable(ENDPOINTS)));

test("the registry's README lists exactly the numbers that the server refuses with", () =>
  expectPrinted("src/registry/README.md", "registry-faults", faultsTable()));
