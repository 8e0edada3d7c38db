import { parseSchema, type Schema, SchemaError } from "../../avro/index.ts";
import { filesIn, lenientJson, namesOf, type Places, readCatalog } from "../../catalog/index.ts";
import type { EarlierVersion } from "../model.ts";
import type { FolderHistory } from "./git-folder.ts";

/**
 * Every schema that each subject had, oldest first; the last is what the newest revision has. What came and went is
 * listed where it was last. A schema is the same as long as its text is, and those of the shared types that it uses.
 */
export function versionsIn(dir: string, history: FolderHistory): Map<string, EarlierVersion[]> {
  const walk = createWalk(dir, history);
  walk.look([...history.newest.keys()]);
  for (const { commit, changes } of history.revisions) {
    walk.takeBack(commit.short, changes);
    walk.look(changes.map(({ file }) => file));
  }
  return walk.found();
}

/** A version under construction: the label goes back in time until the commit is met that brought it. */
interface DatedVersion extends EarlierVersion {
  label: string;
}

/** The shared types at one time. Replaced as a whole when one of them changes. */
interface Shared {
  readonly files: ReadonlyMap<string, string>;
  /** Which content defines a name. */
  readonly owners: ReadonlyMap<string, string>;
}

interface Tracked {
  readonly versions: DatedVersion[];
  /** Of every version met. */
  readonly identities: Set<string>;
  /** The version in the state looked at last. */
  current: { readonly identity: string; readonly version: DatedVersion } | undefined;
}

function createWalk(dir: string, history: FolderHistory) {
  const names = new Map(history.newest);
  const contents = createContents(history);
  const oldest = history.revisions.at(-1)?.commit.short ?? "";
  const tracked = new Map<string, Tracked>();
  let shared = sharedIn(dir, names, contents);
  let isNewest = true;

  /** What a change of these files may concern: a shared type, whatever uses it. */
  const concerned = (files: readonly string[]): readonly string[] =>
    files.some((file) => isShared(dir, file)) ? [...names.keys()] : files;

  function look(changed: readonly string[]): void {
    if (changed.some((file) => isShared(dir, file))) shared = sharedIn(dir, names, contents);
    for (const file of concerned(changed)) {
      const content = names.get(file);
      const subject = subjectOf(dir, file, content === undefined ? undefined : contents.of(content));
      if (subject !== undefined) lookAt(subject, file, content);
    }
    isNewest = false;
  }

  function lookAt(subject: string, file: string, content: string | undefined): void {
    const known = tracked.get(subject);
    // What was gone before the newest revision is not compared with.
    if (known === undefined && !isNewest) return;
    const one = known ?? { versions: [], identities: new Set(), current: undefined };
    tracked.set(subject, one);
    const identity = content === undefined ? undefined : contents.identityOf(content, shared);
    if (identity !== undefined && one.current?.identity === identity) return;
    one.current = undefined;
    if (identity === undefined || content === undefined) return;
    const version = versionOf({ file, content, shared });
    one.current = { identity, version };
    if (!one.identities.has(identity)) one.versions.push(version);
    one.identities.add(identity);
  }

  function versionOf(of: { file: string; content: string; shared: Shared }): DatedVersion {
    const { file, content } = of;
    let places: Places | undefined;
    return {
      label: oldest,
      text: contents.of(content)?.text ?? "",
      schema: () => contents.schemaOf(content, of.shared),
      get source() {
        places ??= placesOf(dir, [[file, content], ...of.shared.files], history);
        return { file, places };
      },
    };
  }

  return {
    look,
    takeBack(label: string, changes: FolderHistory["revisions"][number]["changes"]): void {
      for (const file of concerned(changes.map((change) => change.file))) {
        const content = names.get(file);
        const subject = content && subjectOf(dir, file, contents.of(content));
        const current = subject === undefined ? undefined : tracked.get(subject)?.current;
        if (current !== undefined) current.version.label = label;
      }
      for (const { file, before } of changes) {
        if (before === undefined) names.delete(file);
        else names.set(file, before);
      }
    },
    found: () => new Map([...tracked].map(([subject, { versions }]) => [subject, versions.toReversed()])),
  };
}

/** What one content says, where it is JSON at all. */
interface Content {
  readonly text: string;
  readonly defined: readonly string[];
  readonly used: readonly string[];
}

/** Reads each content once. */
function createContents(history: FolderHistory) {
  const known = new Map<string, Content | undefined>();
  const schemas = new Map<string, Schema>();
  const numbers = new Map<string, number>();

  function of(content: string): Content | undefined {
    if (!known.has(content)) known.set(content, contentIn(history.content(content)));
    return known.get(content);
  }

  /** The contents of the shared types that this one uses, those that they use among them. */
  function usedBy(content: string, { owners }: Shared, found = new Set<string>()): Set<string> {
    for (const name of of(content)?.used ?? []) {
      const owner = owners.get(name);
      if (owner === undefined || owner === content || found.has(owner)) continue;
      found.add(owner);
      usedBy(owner, { owners, files: new Map() }, found);
    }
    return found;
  }

  /** White space aside, and files' names. */
  function identityOf(content: string, shared: Shared): string | undefined {
    const text = of(content)?.text;
    if (text === undefined) return undefined;
    const texts = [...usedBy(content, shared)].map((used) => numberOf(of(used)?.text ?? ""));
    return [numberOf(text), ...texts.sort((a, b) => a - b)].join(" ");
  }

  function numberOf(text: string): number {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  }

  function schemaOf(content: string, shared: Shared, trail: readonly string[] = []): Schema {
    const identity = identityOf(content, shared) ?? "";
    const there = schemas.get(identity);
    if (there !== undefined) return there;
    if (trail.includes(content)) throw new SchemaError([{ pointer: "", message: "shared types go round in a circle" }]);
    const named = [...usedBy(content, shared)].map((used) => schemaOf(used, shared, [...trail, content]));
    const schema = parseSchema(JSON.parse(of(content)?.text ?? "null"), named);
    schemas.set(identity, schema);
    return schema;
  }

  return { of, identityOf, schemaOf };
}

function contentIn(bytes: Uint8Array | undefined): Content | undefined {
  if (bytes === undefined) return undefined;
  const json = lenientJson(new TextDecoder().decode(bytes));
  // A commit may hold what is no JSON: there was no schema then.
  if (json === undefined) return undefined;
  const { defined, used } = namesOf(json);
  return {
    text: JSON.stringify(json),
    defined: defined.map(({ name }) => name),
    used: [...new Set(used.map(({ name }) => name))],
  };
}

function sharedIn(
  dir: string,
  names: ReadonlyMap<string, string>,
  contents: ReturnType<typeof createContents>,
): Shared {
  const files = new Map([...names].filter(([file]) => isShared(dir, file)));
  const owners = new Map<string, string>();
  for (const content of files.values()) {
    for (const name of contents.of(content)?.defined ?? []) {
      if (!owners.has(name)) owners.set(name, content);
    }
  }
  return { files, owners };
}

const within = (dir: string, file: string): string => (dir === "." ? file : file.slice(dir.length + 1));

const isShared = (dir: string, file: string): boolean => /^_shared\/[^/]+\.avsc$/.test(within(dir, file));

/** A topic's subject by the name of its file, and a shared type's by its own name. */
function subjectOf(dir: string, file: string, content: Content | undefined): string | undefined {
  if (isShared(dir, file)) return content?.defined[0];
  const [, eventType, version] = /^([^/]+)\/(v\d+)\.avsc$/.exec(within(dir, file)) ?? [];
  return eventType === undefined ? undefined : `${eventType}.${version}-value`;
}

function placesOf(dir: string, named: readonly (readonly [string, string])[], history: FolderHistory): Places {
  const files = named.flatMap(([file, content]) => {
    const bytes = history.content(content);
    return bytes === undefined ? [] : [[file, bytes] as const];
  });
  return readCatalog(dir, filesIn(new Map(files))).places;
}
