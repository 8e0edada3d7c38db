import { checkCompatibility, type Incompatibility } from "../../../src/avro/index.ts";
import { type CatalogReading, type FieldPath, filesIn, readCatalog } from "../../../src/catalog/index.ts";
import { applyEdits, createFixer } from "../../../src/gate/fix/index.ts";
import type { Direction, Fix } from "../../../src/gate/index.ts";

export const FILE = "schemas/orders.order.created/v1.avsc";
const TOPIC = "description: An order was placed.\nkey: null\n";

/** Texts of files by their names; a text alone is that of the event's schema. */
export type Texts = string | Readonly<Record<string, string>>;

export function readingOf(texts: Texts): CatalogReading {
  const files = typeof texts === "string" ? { [FILE]: texts } : texts;
  const all = { "schemas/orders.order.created/topic.yaml": TOPIC, ...files };
  const bytes = Object.entries(all).map(([file, text]) => [file, new TextEncoder().encode(text)] as const);
  return readCatalog("schemas", filesIn(new Map(bytes)));
}

function topicOf({ catalog, problems }: CatalogReading) {
  const topic = catalog.topic("orders.order.created.v1");
  if (topic === undefined) throw new Error(`no schema: ${JSON.stringify(problems)}`);
  return topic;
}

export function breaksOf(before: Texts, after: Texts, direction: Direction = "BACKWARD"): readonly Incompatibility[] {
  const [older, newer] = [topicOf(readingOf(before)).schema, topicOf(readingOf(after)).schema];
  return direction === "BACKWARD" ? checkCompatibility(newer, older) : checkCompatibility(older, newer);
}

interface Options {
  readonly direction?: Direction;
  /** Whether the base has files to copy from. */
  readonly source?: boolean;
  readonly key?: readonly FieldPath[];
}

/** The fix of each break between two states of the files. */
export function fixesOf(
  before: Texts,
  after: Texts,
  { direction = "BACKWARD", source = false, key = [] }: Options = {},
) {
  const [old, now] = [readingOf(before), readingOf(after)];
  const fixOf = createFixer();
  const shared = now.catalog.shared.map(({ schema }) => schema);
  return breaksOf(before, after, direction).map((incompatibility) => ({
    incompatibility,
    fix: fixOf({
      direction,
      incompatibility,
      newer: topicOf(now).schema,
      older: topicOf(old).schema,
      file: FILE,
      places: now.places,
      shared,
      key,
      ...(source && { olderSource: { file: FILE, places: old.places } }),
    }),
  }));
}

/** The files as they are with a fix. */
export function fixed(texts: Texts, { edits }: Fix): Record<string, string> {
  const files = typeof texts === "string" ? { [FILE]: texts } : texts;
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [
      file,
      applyEdits(
        text,
        edits.filter((edit) => edit.file === file),
      ),
    ]),
  );
}

/** The texts with the fix of their only break. */
export function mended(
  before: Texts,
  after: Texts,
  options: Options = {},
): { title: string; files: Texts } | undefined {
  const [only, second] = fixesOf(before, after, options);
  if (only === undefined || second !== undefined) throw new Error("expected one break");
  if (only.fix === undefined) return undefined;
  const files = fixed(after, only.fix);
  return { title: only.fix.title, files: typeof after === "string" ? String(files[FILE]) : files };
}
