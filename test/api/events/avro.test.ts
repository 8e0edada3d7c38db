import { describe, expect, test } from "bun:test";
import { createCodec, frame, parseSchema } from "../../../src/avro/index.ts";
import { RegistryError, type SchemaVersion } from "../../../src/registry/index.ts";
import { catalogOf, catalogTopic, NOTE } from "../../support/worker.ts";
import { bodyOf, type OpenOptions, openApi } from "../open-api.ts";

const TOPIC = "notes.note.taken.v1";
/** What the topic's own schema has in these tests. */
const OWN_ID = 7;
const AVRO = { "content-type": "application/vnd.apache.avro" };

const own = createCodec(parseSchema(NOTE));
/** An older schema of the topic, with a field that is gone today. */
const older = parseSchema({ ...NOTE, fields: [...NOTE.fields, { name: "author", type: "string" }] });
const unreadable = parseSchema({ ...NOTE, fields: NOTE.fields.slice(0, 1) });
const VERSIONS = new Map<number | "latest", SchemaVersion>([
  [1, { id: 3, version: 1, text: "", references: [], schema: older }],
  [2, { id: 4, version: 2, text: "", references: [], schema: unreadable }],
]);

async function openNotes(registry: OpenOptions = {}) {
  const asked: string[] = [];
  const api = await openApi({
    catalog: catalogOf(catalogTopic(TOPIC)),
    registry: {
      versions: async (subject) => {
        asked.push(subject);
        return [1, 2];
      },
      version: async (_subject: string, version: number | "latest") => VERSIONS.get(version),
    },
    ...registry,
  });
  return { ...api, asked };
}

const note = { id: "k", n: 1 };
const bytesOf = (codec: typeof own, value: unknown, id?: number) => new Uint8Array(codec.encode(value, id));

describe("Avro", () => {
  test("in Confluent's frame is stored as it came", async () => {
    const api = await openNotes();
    const body = bytesOf(own, note, OWN_ID);
    const response = await api.post(body, AVRO, TOPIC);
    expect(response.status).toBe(200);
    expect(await bodyOf(response)).toMatchObject({ id: "k", schemaId: OWN_ID });
    expect(api.producer.records[0]?.value).toEqual(Buffer.from(body));
    expect(api.producer.records[0]?.key).toBe("k");
    expect(api.asked).toBeEmpty();
  });

  test("with a Schema-Id is stored in a frame with that id", async () => {
    const api = await openNotes();
    const payload = bytesOf(own, note);
    expect((await api.post(payload, { ...AVRO, "schema-id": "7" }, TOPIC)).status).toBe(200);
    expect(api.producer.records[0]?.value).toEqual(frame(OWN_ID, payload));
  });

  test("of an older schema of the topic keeps its writer's bytes and id", async () => {
    const api = await openNotes();
    const body = bytesOf(createCodec(older), { ...note, author: "Ada" }, 3);
    expect(await bodyOf(await api.post(body, AVRO, TOPIC))).toMatchObject({ id: "k", schemaId: 3 });
    expect(api.producer.records[0]?.value).toEqual(Buffer.from(body));
    expect(api.asked).toEqual([`${TOPIC}-value`]);
  });

  test("of a schema that is not under the topic's subject is refused, without asking the registry each time", async () => {
    const api = await openNotes();
    for (let time = 0; time < 3; time++) {
      const response = await api.post(bytesOf(own, note, 99), AVRO, TOPIC);
      expect(response.status).toBe(422);
      expect(await bodyOf(response)).toMatchObject({ type: "urn:sluice:problem:unknown-schema", schemaId: 99 });
    }
    expect(api.asked).toHaveLength(1);
    expect(api.producer.records).toBeEmpty();
  });

  test("of a schema that readers of the topic cannot read is refused with the reasons", async () => {
    const api = await openNotes();
    const response = await api.post(bytesOf(createCodec(unreadable), { id: "k" }, 4), AVRO, TOPIC);
    expect(response.status).toBe(422);
    expect(await bodyOf(response)).toMatchObject({
      type: "urn:sluice:problem:unreadable-schema",
      reasons: [expect.stringContaining("n")],
    });
  });

  test.each([
    ["trailing bytes", Buffer.concat([own.encode(note, OWN_ID), Buffer.from([0])]), "TRAILING_BYTES"],
    ["too few bytes", own.encode(note, OWN_ID).subarray(0, 6), "TOO_SHORT"],
    ["no whole frame", Buffer.from([0, 0]), "TOO_SHORT"],
    ["another magic byte", Buffer.from([1, 0, 0, 0, 7, 2]), "WRONG_MAGIC_BYTE"],
    ["a length of gigabytes", Buffer.from([0, 0, 0, 0, 7, 0xfe, 0xff, 0xff, 0xff, 0x0f]), "TOO_SHORT"],
  ])("with %s is answered 400 %p", async (_what, body, reason) => {
    const api = await openNotes();
    const response = await api.post(new Uint8Array(body), AVRO, TOPIC);
    expect(response.status).toBe(400);
    expect(await bodyOf(response)).toMatchObject({ type: "urn:sluice:problem:malformed-avro", reason });
    expect(api.producer.records).toBeEmpty();
  });

  test("is refused where its text is not UTF-8, or a uuid is none", async () => {
    const uuid = { type: "string", logicalType: "uuid" };
    const withUuid = { ...NOTE, fields: [{ name: "id", type: uuid }, ...NOTE.fields.slice(1)] };
    const api = await openNotes({ catalog: catalogOf(catalogTopic(TOPIC, withUuid)) });
    const nope = await api.post(bytesOf(own, { id: "nope", n: 1 }, OWN_ID), AVRO, TOPIC);
    expect(nope.status).toBe(422);
    expect(await bodyOf(nope)).toMatchObject({ reason: "INVALID_UUID", detail: expect.stringContaining("`nope`") });

    const notText = Uint8Array.of(0, 0, 0, 0, OWN_ID, 4, 0xff, 0xfe, 2);
    expect((await api.post(notText, AVRO, TOPIC)).status).toBe(400);
    expect(api.producer.records).toBeEmpty();
  });

  test.each([["seven"], ["-1"], ["2147483648"], ["1e3"]])("with Schema-Id %p is answered 400", async (id) => {
    const api = await openNotes();
    const response = await api.post(bytesOf(own, note), { ...AVRO, "schema-id": id }, TOPIC);
    expect(response.status).toBe(400);
    expect(await bodyOf(response)).toMatchObject({ type: "urn:sluice:problem:invalid-header" });
  });

  test("of another schema is answered 503 while the registry is away, and taken once it is back", async () => {
    let away: boolean = true;
    const api = await openNotes({
      registry: {
        versions: async () => {
          if (away) throw new RegistryError("UNREACHABLE", "no connection");
          return [1];
        },
        version: async () => VERSIONS.get(1),
      },
    });
    const body = bytesOf(createCodec(older), { ...note, author: "Ada" }, 3);
    const response = await api.post(body, AVRO, TOPIC);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await bodyOf(response)).toMatchObject({ type: "urn:sluice:problem:registry-unavailable" });
    away = false;
    expect((await api.post(body, AVRO, TOPIC)).status).toBe(200);
  });
});
