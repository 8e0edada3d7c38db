import {
  normalizedText,
  parseSchemaText,
  type Schema,
  SchemaError,
  type SchemaProblem,
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

/** How much of what is wrong with a schema an answer lists. */
const PROBLEMS_SHOWN = 20;

/** How many schemas a schema may refer to, with all that those refer to. */
export const REFERENCED_MAX = 1_000;

/** Characters that they may have together: all of them are parsed at once. */
export const REFERENCED_LENGTH_MAX = 8_000_000;

/** Builds the place where schemas are parsed: each text once, as long as there is room to remember it. */
export function createParser(store: Store): Parser {
  const entries = new Map<string, Entry>();
  let length = 0;

  function entryFor(text: string, used: readonly Version[], met: Met): Entry {
    // An id means the same schema for ever.
    const key = `${used.map(({ subject, id }) => `${subjectOf(subject).context} ${id}`).join()}\n${text}`;
    const known = entries.get(key);
    if (known !== undefined) {
      // A Map keeps the order of insertion: what is used goes to the end.
      entries.delete(key);
      entries.set(key, known);
      return known;
    }
    const entry = createEntry(text, withTheirs(used, met));
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
  function withTheirs(used: readonly Version[], met: Met): Entry[] {
    const all = new Set<Entry>();
    for (const version of used) {
      const entry = entryOf(version, met);
      for (const one of entry.references) all.add(one);
      all.add(entry);
    }
    assertModest([...all]);
    return [...all];
  }

  function entryOf(version: Version, met: Met): Entry {
    const { subject, text, references } = version;
    const key = `${version.version} ${subject}`;
    const known = met.get(key);
    if (known !== undefined) return known;
    const entry = entryFor(text, used({ subject, references }, { deleted: true }), met);
    met.set(key, entry);
    return entry;
  }

  /** The versions that the references are, each once. */
  function used(sent: Omit<SchemaSent, "text">, { deleted }: { readonly deleted: boolean }): Version[] {
    return [...new Set(targetsOf(sent, { deleted }))];
  }

  /** The version that each of the references is. */
  function targetsOf(
    { subject, references }: Omit<SchemaSent, "text">,
    { deleted }: { readonly deleted: boolean },
  ): Version[] {
    if (references.length > REFERENCED_MAX) throw tooMany();
    const { context } = subjectOf(subject);
    const found = new Map<string, Version>();
    return references.map((reference) => {
      const target = within(context, reference.subject);
      const key = `${reference.version} ${target}`;
      const there = found.get(key) ?? targetOf(target, reference.version, { deleted });
      found.set(key, there);
      return there;
    });
  }

  function targetOf(target: string, version: number, { deleted }: { readonly deleted: boolean }): Version {
    const found = version === -1 ? store.latest(target) : store.version(target, version);
    if (found !== undefined && (deleted || !found.deleted)) return found;
    throw new RegistryFault(
      "INVALID_SCHEMA",
      `Invalid schema of type AVRO, details: No schema reference found for subject "${target}" and version ${version}`,
    );
  }

  return {
    parse(sent, { asNew }) {
      const targets = targetsOf(sent, { deleted: !asNew });
      const entry = entryFor(sent.text, [...new Set(targets)], new Map());
      if (asNew) entry.assertStrict();
      const references = sent.references.map((one, index) => ({
        ...one,
        version: targets[index]?.version ?? one.version,
      }));
      return { parsed: entry.parsed, references };
    },
    stored: (version) => entryOf(version, new Map()).parsed,
  };
}

interface Entry {
  readonly parsed: Parsed;
  readonly length: number;
  /** Of all that it refers to. */
  readonly references: readonly Entry[];
  assertStrict(): void;
}

/**
 * What was parsed for one call. Without it, schemas that refer to one another over several ways would be parsed once for
 * each way where there is no room to remember them.
 */
type Met = Map<string, Entry>;

function assertModest(entries: readonly Entry[]): void {
  if (entries.length > REFERENCED_MAX) throw tooMany();
  const length = entries.reduce((sum, entry) => sum + entry.length, 0);
  if (length <= REFERENCED_LENGTH_MAX) return;
  throw refusal(`what the schema refers to has more than ${REFERENCED_LENGTH_MAX} characters`);
}

function tooMany(): RegistryFault {
  return refusal(`the schema refers to more than ${REFERENCED_MAX} others, with those that they refer to`);
}

/** Each of the texts is made when it is first asked for. */
function createEntry(text: string, referenced: readonly Entry[]): Entry {
  const references = referenced.map(({ parsed }) => parsed.schema);
  const schema = orRefused(() => parseSchemaText(text, references));
  const memo = <Value>(make: () => Value) => {
    let made: { readonly value: Value } | undefined;
    return () => {
      made ??= { value: make() };
      return made.value;
    };
  };
  const problems = memo(() => strictProblems(text, references));
  return {
    length: text.length,
    references: referenced,
    parsed: {
      schema,
      references,
      text: memo(() => schemaText(schema, references)),
      normalized: memo(() => orRefused(() => normalizedText(schema, references))),
      resolved: memo(() => schemaText(schema)),
      shape: memo(() => shapeOf(schema)),
    },
    assertStrict() {
      if (problems().length > 0) throw refusal(listed(problems()));
    },
  };
}

function orRefused<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof SchemaError) throw refusal(listed(error.problems), error);
    throw error;
  }
}

function listed(problems: readonly SchemaProblem[]): string {
  const shown = problems
    .slice(0, PROBLEMS_SHOWN)
    .map(({ pointer, message }) => (pointer === "" ? message : `${pointer}: ${message}`));
  const more = problems.length - shown.length;
  return shown.join("; ") + (more > 0 ? "; and more" : "");
}

function refusal(details: string, cause?: Error): RegistryFault {
  return new RegistryFault("INVALID_SCHEMA", `Invalid schema of type AVRO, details: ${details}`, { cause });
}
