import { expect, test } from "bun:test";
import { type DecoderCache, parseSchema, Unreadable } from "../../src/avro/index.ts";
import { RegistryError, type RegistryErrorKind } from "../../src/registry/index.ts";
import { Undecodable } from "../../src/worker/errors.ts";
import { createTopicDecoders } from "../../src/worker/topic-decoders.ts";
import { NOTE, noWait, underway } from "../support/worker.ts";

const SCHEMA = parseSchema(NOTE);
const CACHE: DecoderCache = { get: () => () => "decoded" };

/** A registry that fails with these, one after the other, and then answers. */
function failing(...kinds: RegistryErrorKind[]) {
  let asked = 0;
  const schemaById = async () => {
    const kind = kinds[asked++];
    if (kind !== undefined) throw new RegistryError(kind, `registry: ${kind}`);
    return SCHEMA;
  };
  return { registry: { schemaById }, asked: () => asked };
}

test("a writer's schema is fetched once, and known from then on", async () => {
  const { registry } = failing();
  const decoders = createTopicDecoders({ registry, cache: CACHE, reader: SCHEMA });
  expect(decoders.known(7)).toBeUndefined();
  const decoder = await decoders.fetch(7, underway().context);
  expect(decoder(Buffer.alloc(0))).toBe("decoded");
  expect(decoders.known(7)).toBe(decoder);
});

test("an outage of the registry is waited out; it says nothing about the event", async () => {
  const outage: RegistryErrorKind[] = [
    "UNREACHABLE",
    "UNAVAILABLE",
    "TIMEOUT",
    "UNAUTHORIZED",
    "NOT_A_REGISTRY",
    "CLOSED",
  ];
  const { registry, asked } = failing(...outage);
  const { wait, waited } = noWait();
  const given = underway();
  const decoders = createTopicDecoders({ registry, cache: CACHE, reader: SCHEMA, wait, random: () => 1 });
  await decoders.fetch(7, given.context);
  expect(asked()).toBe(outage.length + 1);
  expect(waited).toEqual([200, 400, 800, 1_600, 3_200, 6_400]);
  expect(given.progress()).toBe(outage.length);
  expect(given.names()).toEqual(outage.map(() => "worker.registry.failed"));
});

test("a stop during an outage leaves the event undone", async () => {
  const { registry } = failing("UNREACHABLE", "UNREACHABLE");
  const given = underway();
  const decoders = createTopicDecoders({ registry, cache: CACHE, reader: SCHEMA });
  const pending = decoders.fetch(7, given.context);
  given.closing.abort();
  await expect(pending).rejects.toMatchObject({ name: "Abandoned" });
});

test.each<RegistryErrorKind>(["SCHEMA_NOT_FOUND", "INVALID_SCHEMA"])(
  "%s is final: the event is undecodable",
  async (kind) => {
    const { registry, asked } = failing(kind);
    const decoders = createTopicDecoders({ registry, cache: CACHE, reader: SCHEMA });
    await expect(decoders.fetch(7, underway().context)).rejects.toBeInstanceOf(Undecodable);
    expect(asked()).toBe(1);
  },
);

test("a writer that this worker's schema cannot read makes its events undecodable, with the reasons", async () => {
  const { registry } = failing();
  const unreadable = new Unreadable(["n has no default, and the writer does not send it"]);
  const cache: DecoderCache = {
    get: () => {
      throw unreadable;
    },
  };
  const decoders = createTopicDecoders({ registry, cache, reader: SCHEMA });
  await expect(decoders.fetch(7, underway().context)).rejects.toMatchObject({ name: "Undecodable", cause: unreadable });
});
