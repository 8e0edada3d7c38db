import { createDecoder, type Decoder } from "./resolve.ts";
import type { Schema } from "./schema.ts";

/** Decoders by writer id and reader, each compiled once. */
export interface DecoderCache {
  /** @throws Unreadable, each time it is asked, without compiling again. */
  get(writerId: number, writer: Schema, reader: Schema): Decoder;
}

/** Builds a cache of at most `decodersMax` decoders; beyond that the oldest goes. */
export function createDecoderCache({ decodersMax = 1_000 }: { decodersMax?: number } = {}): DecoderCache {
  const decoders = new Map<string, Decoder | Error>();
  return {
    get(writerId, writer, reader) {
      const key = `${writerId} ${reader.fingerprint}`;
      const known = decoders.get(key) ?? remember(key, writer, reader);
      if (known instanceof Error) throw known;
      return known;
    },
  };

  function remember(key: string, writer: Schema, reader: Schema): Decoder | Error {
    const decoder = attempt(() => createDecoder(writer, reader));
    decoders.set(key, decoder);
    const [oldest] = decoders.keys();
    if (decoders.size > decodersMax && oldest !== undefined) decoders.delete(oldest);
    return decoder;
  }
}

/** An error is remembered as well: a poison topic would otherwise compile once per record. */
function attempt(compile: () => Decoder): Decoder | Error {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
