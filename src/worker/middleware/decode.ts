import { type Decoder, unframe } from "../../avro/index.ts";
import type { EventContext } from "../context.ts";
import { Undecodable } from "../errors.ts";
import type { ConsumedEvent } from "../event.ts";
import type { Handle, Middleware } from "../handle.ts";

/** Decoders of one topic by writer id. */
export interface TopicDecoders {
  /** Undefined while the writer's schema has not been fetched. @throws Undecodable where it can never be read. */
  known(schemaId: number): Decoder | undefined;
  /** Fetches the writer's schema, waiting while the registry is away. Rejects with Undecodable or Abandoned. */
  fetch(schemaId: number, context: EventContext): Promise<Decoder>;
}

export interface DecodeOptions {
  readonly decoders: (topic: string) => TopicDecoders;
  readonly tombstones: boolean;
}

/** Gives the event its value. What cannot be decoded is Undecodable, and no attempt is made to handle it. */
export const decode =
  ({ decoders, tombstones }: DecodeOptions): Middleware =>
  (next) =>
  (event, context) => {
    const { value, topic } = event.record;
    if (value === null) {
      if (!tombstones)
        throw new Undecodable("a tombstone (no value), and the worker does not declare `tombstones: true`");
      event.value = null;
      return next(event, context);
    }
    const { schemaId, payload } = unframed(value);
    const decoder = decoders(topic).known(schemaId);
    if (decoder === undefined) return fetchThenDecode(decoders(topic), { schemaId, payload, event, context, next });
    event.schemaId = schemaId;
    event.value = decoded(decoder, payload);
    return next(event, context);
  };

async function fetchThenDecode(
  decoders: TopicDecoders,
  given: { schemaId: number; payload: Uint8Array; event: ConsumedEvent; context: EventContext; next: Handle },
): Promise<void> {
  const { schemaId, payload, event, context, next } = given;
  event.schemaId = schemaId;
  event.value = decoded(await decoders.fetch(schemaId, context), payload);
  await next(event, context);
}

function unframed(value: Buffer): { schemaId: number; payload: Uint8Array } {
  try {
    return unframe(value);
  } catch (error) {
    throw new Undecodable("no Confluent frame", { cause: error });
  }
}

function decoded(decoder: Decoder, payload: Uint8Array): unknown {
  try {
    return decoder(payload);
  } catch (error) {
    throw new Undecodable("the bytes are not what their schema says", { cause: error });
  }
}
