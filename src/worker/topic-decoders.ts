import type { Decoder, DecoderCache, Schema } from "../avro/index.ts";
import { type Registry, RegistryError, type RegistryErrorKind } from "../registry/index.ts";
import type { EventContext } from "./context.ts";
import { Undecodable } from "./errors.ts";
import type { TopicDecoders } from "./middleware/decode.ts";
import { backoffMs, wait as realWait, type Wait } from "./wait.ts";

export interface TopicDecodersOptions {
  readonly registry: Pick<Registry, "schemaById">;
  readonly cache: DecoderCache;
  /** This worker's schema of the topic. */
  readonly reader: Schema;
  readonly wait?: Wait;
  readonly random?: () => number;
}

/** Answers of the registry that are about this schema. All others are about the registry: they pass, so we wait. */
const FINAL: ReadonlySet<RegistryErrorKind> = new Set(["SCHEMA_NOT_FOUND", "INVALID_SCHEMA", "ANSWER_TOO_LARGE"]);

const RETRY = { delayMs: 200, maxDelayMs: 15_000 };

/** Builds the decoders of one topic. */
export function createTopicDecoders(options: TopicDecodersOptions): TopicDecoders {
  const { cache, reader } = options;
  // At most as many as the topic has seen writers: versions of its subject, a handful.
  const decoders = new Map<number, Decoder>();

  const learn = (schemaId: number, writer: Schema): Decoder => {
    try {
      const decoder = cache.get(schemaId, writer, reader);
      decoders.set(schemaId, decoder);
      return decoder;
    } catch (error) {
      throw new Undecodable(`this worker cannot read schema ${schemaId}`, { cause: error });
    }
  };

  return {
    known: (schemaId) => decoders.get(schemaId),
    fetch: async (schemaId, context) => learn(schemaId, await fetchSchema(options, schemaId, context)),
  };
}

async function fetchSchema(
  { registry, wait = realWait, random = Math.random }: TopicDecodersOptions,
  schemaId: number,
  { batch, where }: EventContext,
): Promise<Schema> {
  for (let failures = 1; ; failures++) {
    try {
      return await registry.schemaById(schemaId);
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (FINAL.has(error.kind)) throw new Undecodable(`schema ${schemaId}`, { cause: error });
      const delayMs = backoffMs(failures, RETRY, random);
      batch.emit("worker.registry.failed", { ...where, schemaId, delayMs, error });
      await wait(delayMs, batch.closing);
      batch.progress();
    }
  }
}
