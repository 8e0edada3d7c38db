import { test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatsTable } from "../../../src/gate/formats/index.ts";
import { expectPrinted } from "../../support/page.ts";
import { ROOT } from "../../support/sluice.ts";

const PAGE = "src/gate/formats/README.md";
const EXAMPLE = join(ROOT, "test/golden/gate/enum-symbol-removed");

const block = (text: string): string => `\`\`\`\n${text}\`\`\``;

test("the page lists every format", () => expectPrinted(PAGE, "formats", formatsTable()));

test("the page shows what a check says at a terminal", () =>
  expectPrinted(PAGE, "text", block(`$ sluice check\n${readFileSync(join(EXAMPLE, "text.txt"), "utf8")}`)));

test("the page shows what GitHub reads", () =>
  expectPrinted(PAGE, "github", block(readFileSync(join(EXAMPLE, "github.txt"), "utf8"))));
