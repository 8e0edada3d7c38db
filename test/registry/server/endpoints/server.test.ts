import { expect, test } from "bun:test";
import { openApi } from "../asking.ts";

test.each([
  ["/", {}],
  ["/v1/metadata/id", { id: "", scope: { path: [], clusters: expect.any(Object) } }],
  ["/v1/metadata/version", { version: expect.stringMatching(/^8\.3\./), commitId: expect.any(String) }],
  ["/v1/metadata/deployment", { attributes: [] }],
])("GET %s answers what clients ask for at their start", async (path, body) => {
  expect(await openApi().told(`GET ${path}`)).toEqual(body);
});
