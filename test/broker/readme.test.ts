import { test } from "bun:test";
import { HANDLERS } from "../../src/broker/apis/index.ts";
import { apiTable } from "../../src/broker/apis/table.ts";
import { expectPrinted } from "../support/page.ts";

test("the page lists exactly the requests that are answered, and what each leaves out", () =>
  expectPrinted("src/broker/README.md", "apis", apiTable(HANDLERS)));
