import { findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import { conflictIn } from "./conflict.ts";
import { namesOf } from "./names.ts";
import { lineAndColumn, type Source } from "./source.ts";

/** A part of a file: lines and columns from 1, the end exclusive; offsets in characters (UTF-16 units) from 0. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly offset: number;
  readonly length: number;
}

/** A part of a schema file: its JSON pointer (RFC 6901), by keys. */
export interface Part {
  readonly file: string;
  readonly keys: readonly string[];
}

/** Finds places in the files of a catalog. Files are parsed for that once, when first asked about. */
export interface Places {
  /** The text of a file, without a byte order mark. */
  text(file: string): string | undefined;
  /** The place of a part, or of the nearest part around it that is there; with `name`, of the member's name before it. */
  at(part: Part, options?: { readonly name?: boolean }): Place;
  /**
   * The part of the files that a path into a schema means, whose types are written out there (as in an
   * Incompatibility's `readerPath`): where a type is used by its name, it goes on in the definition, in whichever file
   * that is. Stops at the last key that is there.
   */
  follow(file: string, path: readonly string[]): Part;
  /** The line of a setting in a `topic.yaml`, or its first. */
  setting(file: string, name: string): Place;
}

/**
 * Builds it over the files of a folder of schemas, by their names. What the shared ones define may be used by name in
 * all of them.
 */
export function createPlaces(
  sources: ReadonlyMap<string, Source>,
  { isShared = inShared }: { readonly isShared?: (file: string) => boolean } = {},
): Places {
  const trees = new Map<string, Node | undefined>();
  let definitions: ReadonlyMap<string, Part> | undefined;

  const treeOf = (file: string): Node | undefined => {
    if (!trees.has(file)) {
      const source = sources.get(file);
      trees.set(file, source && parseTree(conflictIn(source.text)?.oneSide ?? source.text));
    }
    return trees.get(file);
  };

  const placeOf = (file: string, offset: number, length: number): Place => {
    const source = sources.get(file);
    if (source === undefined) return { file, line: 1, column: 1, endLine: 1, endColumn: 1, offset: 0, length: 0 };
    const start = lineAndColumn(source, offset);
    const end = lineAndColumn(source, offset + length);
    return { file, ...start, endLine: end.line, endColumn: end.column, offset, length };
  };

  function definitionOf(name: string, file: string): Part | undefined {
    const own = definitionsIn(file).get(name);
    if (own !== undefined) return own;
    definitions ??= new Map([...sources.keys()].filter(isShared).flatMap((shared) => [...definitionsIn(shared)]));
    return definitions.get(name);
  }

  const known = new Map<string, { defined: ReadonlyMap<string, Part>; used: ReadonlyMap<string, string> }>();
  function namesIn(file: string) {
    const there = known.get(file);
    if (there !== undefined) return there;
    const { defined, used } = namesOf(jsonOf(treeOf(file)));
    const names = {
      // The pointer is that of the name; the definition is around it.
      defined: new Map(defined.map(({ name, pointer }) => [name, { file, keys: keysOf(pointer).slice(0, -1) }])),
      used: new Map(used.map(({ name, pointer }) => [pointer, name])),
    };
    known.set(file, names);
    return names;
  }
  const definitionsIn = (file: string) => namesIn(file).defined;

  return {
    text: (file) => sources.get(file)?.text,
    at({ file, keys }, { name = false } = {}) {
      const root = treeOf(file);
      if (root === undefined) return placeOf(file, 0, 0);
      const node = nearest(root, keys);
      const member = name && node.parent?.type === "property" ? node.parent.children?.[0] : undefined;
      const { offset, length } = member ?? node;
      return placeOf(file, offset, length);
    },
    follow(file, path) {
      const part = { file, keys: [] as string[] };
      let node = treeOf(file);
      // A name leads to a definition and no further: each step but that one uses up a key.
      for (let at = 0; ; ) {
        const name = node?.type === "string" ? namesIn(part.file).used.get(pointerOf(part.keys)) : undefined;
        const definition = name === undefined || at === path.length ? undefined : definitionOf(name, part.file);
        if (definition !== undefined) {
          [part.file, part.keys] = [definition.file, [...definition.keys]];
          node = nodeAt(treeOf(part.file), part.keys);
          continue;
        }
        const key = path[at];
        if (key === undefined) return part;
        const next = node && step(node, key);
        // {"type": {"type": "record", …}} means the type inside, as does {"type": "some.Name"}.
        const inner: Node | undefined = next === undefined && node?.type === "object" ? step(node, "type") : undefined;
        if (next === undefined) {
          if (inner === undefined || !["object", "array", "string"].includes(inner.type)) return part;
          if (inner.type === "string" && !namesIn(part.file).used.has(pointerOf([...part.keys, "type"]))) return part;
        } else at++;
        part.keys.push(next === undefined ? "type" : key);
        node = next ?? inner;
      }
    },
    setting(file, name) {
      const source = sources.get(file);
      const at = source === undefined ? -1 : source.text.search(new RegExp(`^${name}\\s*:`, "m"));
      return placeOf(file, Math.max(0, at), at < 0 ? 0 : name.length);
    },
  };
}

const inShared = (file: string): boolean => /(^|\/)_shared\/[^/]*$/.test(file);

function nodeAt(root: Node | undefined, keys: readonly string[]): Node | undefined {
  let node = root;
  for (const key of keys) node = node && step(node, key);
  return node;
}

function nearest(root: Node, keys: readonly string[]): Node {
  let node = root;
  for (const key of keys) {
    const next = step(node, key);
    if (next === undefined) break;
    node = next;
  }
  return node;
}

function step(node: Node, key: string): Node | undefined {
  if (node.type !== "array") return node.type === "object" ? findNodeAtLocation(node, [key]) : undefined;
  return /^\d+$/.test(key) ? findNodeAtLocation(node, [Number(key)]) : undefined;
}

/** As JSON.parse would have it; what is broken is left out. */
function jsonOf(node: Node | undefined): unknown {
  switch (node?.type) {
    case "array":
      return node.children?.map(jsonOf) ?? [];
    case "object":
      return Object.fromEntries(
        (node.children ?? []).map(({ children = [] }) => [children[0]?.value, jsonOf(children[1])]),
      );
    default:
      return node?.value;
  }
}

/** RFC 6901. */
function pointerOf(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function keysOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}
