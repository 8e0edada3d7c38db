import {
  normalizedText,
  parseSchemaText,
  type Schema,
  SchemaError,
  schemaText,
  strictProblems,
} from "../../avro/index.ts";
import { RegistryFault } from "./faults.ts";
import type { Reference, Version } from "./model.ts";
import { subjectOf, within } from "./names.ts";
import { shapeOf } from "./shape.ts";
import type { Store } from "./store/index.ts";

/** A schema with the texts that it can be stored under. */
export interface Parsed {
  readonly schema: Schema;
  /** What it refers to, and what that refers to: their named types are written as names in the texts. */
  readonly references: readonly Schema[];
  text(): string;
  normalized(): string;
  /** Everything in one: references are written out. */
  resolved(): string;
  shape(): string;
}

/** A schema as somebody sends it. */
export interface SchemaSent {
  /** The subject that it is for: references are looked for in its context. */
  readonly subject: string;
  readonly text: string;
  readonly references: readonly Reference[];
}

export interface Parser {
  /**
   * Parses what was sent, and says which versions its references are.
   * `asNew` holds it to what new schemas are held to. @throws RegistryFault
   */
  parse(sent: SchemaSent, options: { readonly asNew: boolean }): { parsed: Parsed; references: readonly Reference[] };
  /** Parses what is stored. */
  stored(version: Version): Parsed;
}

/** Characters of schemas that are kept parsed; parsed they take some twenty times the space. */
const CACHED_LENGTH_MAX = 4_000_000;

/** Builds the place where schemas are parsed: each text once, as long as there is room to remember it. */
export function createParser(store: Store): Parser {
  const entries = new Map<string, Entry>();
  let length = 0;

  function entryFor(text: string, used: readonly Version[]): Entry {
    // An id means the same schema for ever.
    const key = `${used.map(({ subject, id }) => `${subjectOf(subject).context} ${id}`).join()}\n${text}`;
    const known = entries.get(key);
    if (known !== undefined) {
      // A Map keeps the order of insertion: what is used goes to the end.
      entries.delete(key);
      entries.set(key, known);
      return known;
    }
    const entry = createEntry(text, withTheirs(used));
    entries.set(key, entry);
    length += key.length;
    for (const oldest of entries.keys()) {
      if (length <= CACHED_LENGTH_MAX || oldest === key) break;
      entries.delete(oldest);
      length -= oldest.length;
    }
    return entry;
  }

  /** The schemas of versions, each after those that it refers to. */
  function withTheirs(used: readonly Version[]): Schema[] {
    const all = used.flatMap((version) => {
      const { schema, references } = stored(version);
      return [...references, schema];
    });
    return [...new Set(all)];
  }

  function stored({ subject, text, references }: Version): Parsed {
    return entryFor(text, used({ subject, references }, { deleted: true })).parsed;
  }

  /** The versions that the references are. */
  function used(
    { subject, references }: Omit<SchemaSent, "text">,
    { deleted }: { readonly deleted: boolean },
  ): Version[] {
    const { context } = subjectOf(subject);
    return references.map((reference) => {
      const target = within(context, reference.subject);
      const found = reference.version === -1 ? store.latest(target) : store.version(target, reference.version);
      if (found !== undefined && (deleted || !found.deleted)) return found;
      throw new RegistryFault(
        "INVALID_SCHEMA",
        `Invalid schema of type AVRO, details: No schema reference found for subject "${target}" and version ${reference.version}`,
      );
    });
  }

  return {
    parse(sent, { asNew }) {
      const versions = used(sent, { deleted: !asNew });
      const entry = entryFor(sent.text, versions);
      if (asNew) entry.assertStrict();
      const references = sent.references.map((one, index) => ({
        ...one,
        version: versions[index]?.version ?? one.version,
      }));
      return { parsed: entry.parsed, references };
    },
    stored,
  };
}

interface Entry {
  readonly parsed: Parsed;
  assertStrict(): void;
}

/** Each of the texts is made when it is first asked for. */
function createEntry(text: string, references: readonly Schema[]): Entry {
  const schema = parsedOrRefused(text, references);
  const memo = <Value>(make: () => Value) => {
    let made: { readonly value: Value } | undefined;
    return () => {
      made ??= { value: make() };
      return made.value;
    };
  };
  const problems = memo(() => strictProblems(text, references));
  return {
    parsed: {
      schema,
      references,
      text: memo(() => schemaText(schema, references)),
      normalized: memo(() => normalizedText(schema, references)),
      resolved: memo(() => schemaText(schema)),
      shape: memo(() => shapeOf(schema)),
    },
    assertStrict() {
      if (problems().length > 0) throw refusal(new SchemaError(problems()));
    },
  };
}

function parsedOrRefused(text: string, references: readonly Schema[]): Schema {
  try {
    return parseSchemaText(text, references);
  } catch (error) {
    if (error instanceof SchemaError || error instanceof SyntaxError) throw refusal(error);
    throw error;
  }
}

function refusal(cause: Error): RegistryFault {
  return new RegistryFault("INVALID_SCHEMA", `Invalid schema of type AVRO, details: ${cause.message}`, { cause });
}
