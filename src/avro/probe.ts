import { Cursor } from "./cursor.ts";
import type { Schema } from "./schema.ts";
import { createSkips } from "./skip.ts";
import { nodeAt } from "./steps.ts";
import { asBuffer } from "./text.ts";

/** What a value was found to have of one part: an enum's symbols, each with how often; of any other type a count under "". */
export type Met = ReadonlyMap<string, number>;

/**
 * Compiles what tells how often a value has each of some parts of its schema: nothing of it is kept. `paths` lead into
 * the writer's schema as an Incompatibility's `writerPath` does; a type that is met again inside itself counts there too.
 * The function throws DecodeError for bytes that are no value of the schema.
 */
export function createProbe(
  writer: Schema,
  paths: readonly (readonly string[])[],
): (payload: Uint8Array) => readonly Met[] {
  const targets = paths.map((path) => nodeAt(writer.root, path));
  let counts: Map<string, number>[] = [];
  const skip = createSkips((node) => {
    const indexes = targets.flatMap((target, index) => (target === node ? [index] : []));
    if (indexes.length === 0) return undefined;
    const symbols = node.type === "enum" ? node.symbols : [];
    return (symbolIndex) => {
      const symbol = symbols[symbolIndex ?? -1] ?? "";
      for (const index of indexes) counts[index]?.set(symbol, (counts[index].get(symbol) ?? 0) + 1);
    };
  });
  const walk = skip(writer.root);
  return (payload) => {
    counts = paths.map(() => new Map<string, number>());
    const cursor = new Cursor(asBuffer(payload));
    walk(cursor);
    // Fixed sizes are skipped past the end without a word.
    if (cursor.left < 0) throw cursor.tooShort();
    return counts;
  };
}
