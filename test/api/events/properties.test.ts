import { expect, test } from "bun:test";
import fc from "fast-check";
import { PROBLEMS, type ProblemKind, problemUrn } from "../../../src/api/index.ts";
import { ORDER, openApi } from "../open-api.ts";

const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);

// Object.keys forgets that its names are the table's own.
const URNS = (Object.keys(PROBLEMS) as ProblemKind[]).map(problemUrn);

/** Whatever comes in, what goes out is a receipt or a problem of the table, and never our own failure. */
async function assertAnswer(response: Response): Promise<void> {
  const text = await response.text();
  const body: unknown = JSON.parse(text);
  if (response.status < 300) {
    expect(body).toBeObject();
    return;
  }
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.status).toBeLessThan(500);
  expect(body).toMatchObject({ status: response.status, detail: expect.any(String) });
  expect(URNS).toContain(Reflect.get(Object(body), "type"));
}

const mediaTypes = fc.constantFrom(
  "application/json",
  "application/x-ndjson",
  "application/vnd.apache.avro",
  "application/json; charset=utf-8",
);
const encodings = fc.constantFrom<Record<string, string>>({}, {}, {}, { "content-encoding": "gzip" });

test("random bytes are always answered", async () => {
  const api = await openApi();
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // A frame with the right id gets past the first checks.
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array([0, 0, 0, 0, 7, ...bytes])),
    fc.string({ unit: "binary", maxLength: 100 }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  await fc.assert(
    fc.asyncProperty(bodies, mediaTypes, encodings, async (bytes, type, encoding) => {
      await assertAnswer(await api.post(new Uint8Array(bytes), { "content-type": type, ...encoding }));
    }),
    { numRuns: RUNS },
  );
  expect(api.told).toBeEmpty();
});

test("random JSON is always answered", async () => {
  const api = await openApi();
  const values = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.jsonValue(), { maxLength: 5 }),
    // Nearly an order: one field is anything.
    fc
      .tuple(fc.constantFrom(...Object.keys(ORDER), "__proto__", "toString"), fc.jsonValue())
      .map(([name, value]) => ({ ...ORDER, [name]: value })),
  );
  await fc.assert(
    fc.asyncProperty(values, mediaTypes, async (value, type) => {
      await assertAnswer(await api.post(JSON.stringify(value), { "content-type": type }));
    }),
    { numRuns: RUNS },
  );
  expect(api.told).toBeEmpty();
});

test("random headers are always answered", async () => {
  const api = await openApi();
  const value = fc.string({ unit: "grapheme-ascii", maxLength: 60 });
  const headers = fc.record(
    {
      "content-type": value,
      "content-encoding": value,
      prefer: value,
      accept: value,
      traceparent: value,
      "ce-id": value,
      "ce-source": value,
      "schema-id": value,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(headers, async (given) => {
      await assertAnswer(await api.post(JSON.stringify(ORDER), given));
    }),
    { numRuns: RUNS },
  );
  expect(api.told).toBeEmpty();
});
