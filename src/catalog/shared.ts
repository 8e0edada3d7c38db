import { parseSchema, type Schema, SchemaError } from "../avro/index.ts";
import type { NamedReference } from "./model.ts";
import { namesOf, type PlacedName } from "./names.ts";
import type { CatalogProblem } from "./problems.ts";
import { type LocatedJson, parseLocated, type Source } from "./source.ts";

/** A schema whose text, names and references are all right. */
export interface ParsedSchema {
  readonly schema: Schema;
  readonly text: string;
  readonly references: readonly NamedReference[];
  readonly located: LocatedJson;
  /** It uses a shared type that is broken, for which something empty stands. What it seems to lack may be there. */
  readonly doubtful: boolean;
}

/** The types under `_shared/`. */
export interface SharedTypes {
  /** In the order in which they can be registered. */
  readonly files: readonly (ParsedSchema & { readonly name: string; readonly file: string })[];
  /** Parses a schema that may use them. Undefined, and `problems` say why, where something is wrong. */
  parse(source: Source): ParsedSchema | undefined;
}

interface Draft {
  readonly source: Source;
  readonly located: LocatedJson;
  readonly defined: readonly PlacedName[];
  readonly used: readonly PlacedName[];
}

/** Parses what is under `_shared/`, whatever the order of the references among it. */
export function parseShared(sources: readonly Source[], problems: CatalogProblem[]): SharedTypes {
  const drafts = sources.map((source) => draftOf(source, problems));
  const owners = ownersOf(drafts, problems);
  const files: SharedTypes["files"][number][] = [];
  const schemas = new Map<Draft, ParsedSchema | undefined>();
  const path: Draft[] = [];

  function compile(draft: Draft): void {
    if (schemas.has(draft)) return;
    path.push(draft);
    const cyclic = draft.used.filter((use) => closesCycle(draft, use));
    // Set before it is parsed: a cycle is reported once, and does not go round.
    schemas.set(draft, undefined);
    const parsed = cyclic.length === 0 ? parseDraft(draft) : undefined;
    path.pop();
    if (parsed === undefined) return;
    schemas.set(draft, parsed);
    if (parsed.schema.name === undefined) {
      problems.push(draft.located.problem("", "a shared type must have a name: a record, an enum or a fixed"));
    } else files.push({ ...parsed, name: parsed.schema.name, file: draft.source.file });
  }

  /** Compiles what is used first, and says whether that leads back here. */
  function closesCycle(draft: Draft, { name, pointer }: PlacedName): boolean {
    const owner = owners.get(name);
    if (owner === undefined || owner === draft) return false;
    const start = path.indexOf(owner);
    if (start === -1) {
      compile(owner);
      return false;
    }
    const round = [...path.slice(start), owner].map((one) => one.source.file).join(" → ");
    problems.push(draft.located.problem(pointer, `${name} leads back here: ${round}`));
    return true;
  }

  function parseDraft(draft: Draft): ParsedSchema | undefined {
    if (draft.located.broken) return undefined;
    const own = new Set(draft.defined.map(({ name }) => name));
    const used = new Map<Draft, string>();
    for (const { name } of draft.used) {
      const owner = owners.get(name);
      if (!own.has(name) && owner !== undefined && owner !== draft) used.set(owner, rootName(owner) ?? name);
    }
    const doubtful = [...used.keys()].some((owner) => schemas.get(owner)?.doubtful !== false);
    try {
      // All of them, not the used alone: the nearest name to a wrong one may be any. But not beside a name that is
      // defined a second time: that problem is told already.
      const isTwice = [...own].some((name) => owners.has(name) && owners.get(name) !== draft);
      const known = isTwice ? [] : [...schemas.values()].flatMap((parsed) => parsed?.schema ?? []);
      const missing = [...used.keys()].filter((owner) => isTwice || schemas.get(owner) === undefined);
      const named = [...known, ...missing.flatMap((owner) => owner.defined.map(placeholder))];
      const schema = parseSchema(draft.located.value, named);
      const references = [...new Set(used.values())].map((name) => ({ name, subject: name }));
      return { schema, text: JSON.stringify(draft.located.value), references, located: draft.located, doubtful };
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      problems.push(...error.problems.map(({ pointer, message }) => draft.located.problem(pointer, message)));
      return undefined;
    }
  }

  for (const draft of drafts) compile(draft);
  return {
    files,
    parse(source) {
      const draft = draftOf(source, problems);
      const taken = draft.defined.filter(({ name }) => owners.has(name));
      for (const { name, pointer } of taken) problems.push(draft.located.problem(pointer, takenBy(name, owners)));
      const parsed = parseDraft(draft);
      return taken.length === 0 ? parsed : undefined;
    },
  };
}

function draftOf(source: Source, problems: CatalogProblem[]): Draft {
  const located = parseLocated(source, problems);
  return { source, located, ...namesOf(located.value) };
}

/** Which file defines a name. A name that two files define is a problem of the second. */
function ownersOf(drafts: readonly Draft[], problems: CatalogProblem[]): Map<string, Draft> {
  const owners = new Map<string, Draft>();
  for (const draft of drafts) {
    for (const { name, pointer } of draft.defined) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, draft);
      // Twice in one file is for the parser to report.
      else if (owner !== draft) problems.push(draft.located.problem(pointer, takenBy(name, owners)));
    }
  }
  return owners;
}

function takenBy(name: string, owners: ReadonlyMap<string, Draft>): string {
  return `${name} is defined in ${owners.get(name)?.source.file}; use it by its name`;
}

/** The name of the whole file, under which it is registered. A file's first definition is its outermost. */
function rootName(draft: Draft): string | undefined {
  return draft.defined[0]?.name;
}

/** Stands for a broken type, so that those who use it are not told that it is missing. */
function placeholder({ name }: PlacedName): Schema {
  return parseSchema({ type: "record", name, fields: [] });
}
