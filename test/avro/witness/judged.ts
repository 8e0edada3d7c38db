import { join } from "node:path";
import avsc from "avsc";
import fc from "fast-check";
import {
  checkCompatibility,
  type Incompatibility,
  parseSchemaText,
  type Schema,
  SchemaError,
} from "../../../src/avro/index.ts";
import { pairs, type Texts } from "../compat/pairs.ts";

/** Two schemas, and what the checker finds. */
export interface Judged {
  readonly texts: Texts;
  readonly reader: Schema;
  readonly writer: Schema;
  readonly found: readonly Incompatibility[];
}

/** The recorded pairs. */
export async function recorded(): Promise<Texts[]> {
  const text = await Bun.file(join(import.meta.dir, "../compat/recorded.jsonl")).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** So many generated pairs: the same each time, and others with another `TEST_AVRO_SEED`. */
export const generated = (count: number): Texts[] =>
  fc.sample(pairs({ broken: false }), { numRuns: count, seed: Number(process.env.TEST_AVRO_SEED ?? 1) });

/** The pairs whose schemas are such, judged. */
export function judged(texts: readonly Texts[]): readonly Judged[] {
  return texts.flatMap((pair) => {
    const [reader, writer] = [parsed(pair.reader), parsed(pair.writer)];
    if (reader === undefined || writer === undefined) return [];
    return { texts: pair, reader, writer, found: checkCompatibility(reader, writer) };
  });
}

function parsed(text: string): Schema | undefined {
  try {
    return parseSchemaText(text);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return undefined;
  }
}

/** The type as avsc has it; undefined where avsc takes no such schema. */
export function avscType(text: string): avsc.Type | undefined {
  try {
    return avsc.Type.forSchema(JSON.parse(text));
  } catch {
    return undefined; // It throws errors of no class of its own.
  }
}
