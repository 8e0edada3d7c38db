import { expect, test } from "bun:test";
import { openRegistry } from "../../../../src/registry/server/index.ts";
import { openApi } from "../asking.ts";

test("GET /v1/metadata/id has the name that the registry was given", async () => {
  await using registry = await openRegistry({ name: "sluice-dev" });
  const answer = await (await fetch(`${registry.url}/v1/metadata/id`)).json();
  expect(answer).toMatchObject({ scope: { clusters: { "schema-registry-cluster": "sluice-dev" } } });
});

test.each([
  ["/", {}],
  ["/v1/metadata/id", { id: "", scope: { path: [], clusters: expect.any(Object) } }],
  ["/v1/metadata/version", { version: expect.stringMatching(/^8\.3\./), commitId: expect.any(String) }],
  ["/v1/metadata/deployment", { attributes: [] }],
])("GET %s answers what clients ask for at their start", async (path, body) => {
  expect(await openApi().told(`GET ${path}`)).toEqual(body);
});
