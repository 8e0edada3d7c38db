import { test } from "bun:test";
import { topicSettingsTable } from "../../src/catalog/topic-file.ts";
import { expectPrinted } from "../support/page.ts";

test("the catalog's README lists exactly the settings that topic.yaml takes", async () => {
  await expectPrinted("src/catalog/README.md", "topic-settings", topicSettingsTable());
});
