import { expect, test } from "bun:test";
import { join } from "node:path";
import { bodyOf, openApi } from "./open-api.ts";

interface Operation {
  readonly operationId: string;
  readonly requestBody: {
    readonly content: Readonly<
      Record<string, { schema: unknown; example?: string; examples?: Record<string, { value: unknown }> }>
    >;
  };
  readonly responses: Readonly<Record<string, object>>;
}

async function documentOf(api: Awaited<ReturnType<typeof openApi>>) {
  const document = await bodyOf(await api.ask("/openapi/json"));
  // The tests below fail where it has another shape.
  return document as {
    openapi: string;
    paths: Partial<Record<string, { post: Operation }>>;
    components: { schemas: Record<string, unknown> };
  };
}

test("the document has one typed operation for each topic, whose examples really post", async () => {
  const api = await openApi();
  const { paths } = await documentOf(api);
  for (const { name } of api.topics.all) {
    const { content } = paths[`/topics/${name}/events`]?.post.requestBody ?? { content: {} };
    const json = content["application/json"];
    expect(json?.schema).toMatchObject({ anyOf: [{ $ref: `#/components/schemas/${name}` }, { type: "array" }] });
    for (const { value } of Object.values(json?.examples ?? {})) {
      expect((await api.post(JSON.stringify(value), {}, name)).status).toBe(200);
    }
    const lines = content["application/x-ndjson"]?.example ?? "";
    expect((await api.post(lines, { "content-type": "application/x-ndjson" }, name)).status).toBe(200);
    expect(Object.keys(content)).toContain("application/vnd.apache.avro");
  }
  expect(api.producer.records).toHaveLength(3 * api.topics.all.length);
});

test("every operation names every status that it may answer with", async () => {
  const { paths } = await documentOf(await openApi());
  expect(Object.keys(paths["/topics/orders.order.created.v1/events"]?.post.responses ?? {})).toEqual(
    expect.arrayContaining(["200", "202", "207", "400", "408", "413", "415", "422", "502", "503", "504"]),
  );
});

test("every reference of the document resolves", async () => {
  const document = await documentOf(await openApi());
  const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(10);
  for (const name of new Set(names)) expect(document.components.schemas).toHaveProperty([name ?? ""]);
  expect(document.openapi).toStartWith("3.1");
});

test("the generic route, the page and its parts are not in the document", async () => {
  const { paths } = await documentOf(await openApi());
  expect(Object.keys(paths).filter((path) => /\{topic\}\/events|openapi/.test(path))).toBeEmpty();
});

test("the page and all that it loads come from here: it works without the internet", async () => {
  const api = await openApi();
  const page = await (await api.ask("/openapi")).text();
  const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? "");
  expect(loaded).toEqual(["/openapi/swagger-ui.css", "/openapi/swagger-ui.js"]);
  expect(page).not.toMatch(/https?:\/\//);
  for (const url of loaded) {
    const response = await api.ask(url);
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100_000);
  }
});

test("the page's parts go into a compiled executable", async () => {
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, "../../src/api/openapi/index.ts")],
    target: "bun",
  });
  expect(outputs.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/swagger-ui-bundle.*\.js$/),
      expect.stringMatching(/swagger-ui.*\.css$/),
    ]),
  );
});
