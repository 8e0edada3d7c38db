import {
  createDecoder,
  DecodeError,
  type Decoder,
  frame,
  SCHEMA_ID_MAX,
  type Schema,
  Unreadable,
  unframe,
} from "../../avro/index.ts";
import { type Registry, RegistryError } from "../../registry/index.ts";
import { Problem } from "../problems.ts";
import type { ServedTopic } from "../served-topic.ts";
import { later } from "./outcome.ts";
import { createRetryAfter } from "./retry-after.ts";

/** Avro that was decoded as a whole and that the topic's readers can read. */
export interface CheckedAvro {
  readonly value: unknown;
  /** The producer's own bytes under the id that they were written with. */
  readonly frame: Buffer;
  readonly schemaId: number;
}

export type WriterSchemas = Pick<Registry, "versions" | "version">;

/** How long an id may count as unknown although it has been registered since. */
const MISS_MS = 5_000;

/** What is known of the schemas under a topic's subject. */
interface Known {
  readonly versions: Set<number>;
  /** A problem where the topic's schema cannot read what the schema writes. */
  readonly decoders: Map<number, Decoder | Problem>;
  askedAt: number;
  asking: Promise<void> | undefined;
}

/** Builds the check of Avro bodies: only schemas under the topic's own subject are taken. */
export function createAvroCheck(registry: WriterSchemas) {
  const retryAfter = createRetryAfter();
  const known = new Map<ServedTopic, Known>();

  return {
    /**
     * With a `Schema-Id` the bytes are the value alone; without one they are a Confluent frame.
     * @throws Problem
     */
    async check(topic: ServedTopic, bytes: Uint8Array, header: string | null): Promise<CheckedAvro> {
      const { schemaId, payload } = header === null ? framed(bytes) : { schemaId: idOf(header), payload: bytes };
      const decoder = await decoderOf(topic, schemaId);
      const value = decoded(decoder, payload);
      return { value, schemaId, frame: header === null ? Buffer.from(bytes) : frame(schemaId, payload) };
    },
  };

  async function decoderOf(topic: ServedTopic, schemaId: number): Promise<Decoder> {
    const about = knownOf(topic);
    if (!about.decoders.has(schemaId) && performance.now() - about.askedAt >= MISS_MS) {
      about.asking ??= refresh(topic, about);
      await about.asking;
    }
    const decoder = about.decoders.get(schemaId);
    if (decoder === undefined) throw unknownSchema(topic, schemaId);
    if (decoder instanceof Problem) throw decoder;
    return decoder;
  }

  function knownOf(topic: ServedTopic): Known {
    const about = known.get(topic) ?? {
      versions: new Set(),
      // The schema that JSON is written with needs no registry.
      decoders: new Map([[topic.schemaId, decoderFrom(topic.declared.schema, topic)]]),
      askedAt: Number.NEGATIVE_INFINITY,
      asking: undefined,
    };
    known.set(topic, about);
    return about;
  }

  async function refresh(topic: ServedTopic, about: Known): Promise<void> {
    const { subject } = topic.declared;
    try {
      for (const number of await registry.versions(subject)) {
        if (about.versions.has(number)) continue;
        const version = await registry.version(subject, number);
        if (version === undefined) continue;
        about.decoders.set(
          version.id,
          compiled(topic, version.id, () => decoderFrom(version.schema, topic)),
        );
        about.versions.add(number);
      }
      about.askedAt = performance.now();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      throw later("REGISTRY_UNAVAILABLE", error.message, retryAfter.away(), error);
    } finally {
      about.asking = undefined;
    }
    retryAfter.stored(1);
  }
}

/** What the door lets through is there for good, so it looks closely. */
function decoderFrom(writer: Schema, { declared }: ServedTopic): Decoder {
  return createDecoder(writer, declared.schema, { strict: true });
}

export type AvroCheck = ReturnType<typeof createAvroCheck>;

function compiled(topic: ServedTopic, schemaId: number, compile: () => Decoder): Decoder | Problem {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const detail = `readers of ${topic.name} cannot read what schema ${schemaId} writes: ${error.reasons.join("; ")}`;
    return new Problem("UNREADABLE_SCHEMA", detail, { members: { reasons: error.reasons }, cause: error });
  }
}

function unknownSchema({ declared, schemaId: own }: ServedTopic, schemaId: number): Problem {
  const detail = `schema ${schemaId} is not under ${declared.subject}; events of ${declared.topic} in JSON are written with ${own}`;
  return new Problem("UNKNOWN_SCHEMA", detail, { members: { schemaId } });
}

function framed(bytes: Uint8Array): { schemaId: number; payload: Uint8Array } {
  try {
    return unframe(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const detail = `no Schema-Id header, and no Confluent frame: ${error.message}`;
    throw new Problem("MALFORMED_AVRO", detail, { members: { reason: error.kind }, cause: error });
  }
}

function idOf(header: string): number {
  const id = /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN;
  if (id <= SCHEMA_ID_MAX) return id;
  throw new Problem("INVALID_HEADER", `Schema-Id: ${header}; a schema's id is a whole number up to ${SCHEMA_ID_MAX}`);
}

/** Sound Avro whose value is refused: JSON with the same value would be, too. */
const INVALID: ReadonlySet<DecodeError["kind"]> = new Set([
  "UNSAFE_LONG",
  "DATE_OUT_OF_RANGE",
  "INVALID_UUID",
  "TOO_DEEP",
]);

function decoded(decoder: Decoder, payload: Uint8Array): unknown {
  try {
    return decoder(payload);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const kind = INVALID.has(error.kind) ? "INVALID_EVENT" : "MALFORMED_AVRO";
    throw new Problem(kind, error.message, { members: { reason: error.kind }, cause: error });
  }
}
