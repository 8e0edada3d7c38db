import { below, inBoth, type Place, pathsOf, ROOT, whatOf } from "../../diff/place.ts";
import type { LeafNode } from "../../leaf-of.ts";
import { namespaceOf } from "../../names.ts";
import { candidates } from "../../read.ts";
import { resolveLeaf } from "../../read-leaf.ts";
import { branchName, type Field, type NamedNode, type Node, type RecordNode } from "../../schema.ts";
import { createReads } from "../check.ts";
import { Fields } from "../fields.ts";
import type { Found, Pair, TypescriptChange, TypescriptRuleId } from "./change.ts";
import { enumSymbolAdded } from "./rules/enum-symbol-added.ts";
import { fieldRemoved } from "./rules/field-removed.ts";
import { logicalType } from "./rules/logical-type.ts";
import { namespace } from "./rules/namespace.ts";
import { numberPrecision } from "./rules/number-precision.ts";
import { typeChanged } from "./rules/type-changed.ts";
import { unionWrapped } from "./rules/union-wrapped.ts";
import { unreadable } from "./rules/unreadable.ts";

/** Pairs of types that are looked at. More are in no schema that somebody wrote. */
const TYPE_PAIRS_MAX = 200_000;

/** Two types and where they stand. */
interface Placed<T extends Node> extends Pair<T> {
  readonly place: Place;
}

/** Follows the newer schema as the reader of the older, and asks the rules about each pair of types that meet. */
export class Walk {
  readonly #changes: TypescriptChange[] = [];
  /** Whether the newer's type reads the older's by Avro's rules: what it does not is said by `checkCompatibility`. */
  readonly #reads = createReads();
  readonly #fields = new Fields();
  readonly #met = new Map<Node, Set<Node>>();
  readonly #open: Placed<RecordNode>[] = [];
  /** Namespaces that changed, `before after`: types inherit theirs, and one change is told once. */
  readonly #namespaces = new Set<string>();
  #pairs = 0;

  run(older: Node, newer: Node): readonly TypescriptChange[] {
    this.#visit(older, newer, ROOT);
    // Level by level, so that a type is told of where it is nearest to the root.
    for (const pair of this.#open) this.#records(pair);
    return this.#changes;
  }

  #visit(older: Node, newer: Node, place: Place): void {
    if (older === newer || ++this.#pairs > TYPE_PAIRS_MAX) return;
    if (older.type === "union" || newer.type === "union") this.#unions(older, newer, place);
    else if (older.type === "array" && newer.type === "array")
      this.#visit(older.items, newer.items, inBoth(place, "items", "[]"));
    else if (older.type === "map" && newer.type === "map")
      this.#visit(older.values, newer.values, inBoth(place, "values", "{}"));
    else if (older.type === "record" && newer.type === "record") {
      if (this.#meet(older, newer)) this.#open.push({ older, newer, place });
    } else if (isLeaf(older) && isLeaf(newer) && this.#reads(newer, older)) this.#leaves({ older, newer, place });
  }

  #records({ older, newer, place }: Placed<RecordNode>): void {
    this.#names({ older, newer, place });
    const names = new Set(newer.fields.map(({ name }) => name));
    const renamed = new Map<Field, { field: Field; index: number }>();
    for (const [index, field] of newer.fields.entries()) {
      const [source, second] = this.#fields.sources(field, older);
      const keys = ["fields", String(index)];
      if (source === undefined) this.#defaults(field, below(place, "fields", keys, `.${field.name}`));
      if (source === undefined || second !== undefined) continue;
      if (!names.has(source.field.name)) renamed.set(source.field, { field, index });
      const from = ["fields", String(source.index)];
      this.#visit(source.field.type, field.type, inBoth(below(place, from, keys, `.${field.name}`), "type"));
    }
    for (const [index, field] of older.fields.entries()) {
      if (names.has(field.name)) continue;
      const to = renamed.get(field);
      const keys = to === undefined ? ["fields"] : ["fields", String(to.index), "name"];
      const at = below(place, ["fields", String(index)], keys, `.${field.name}`);
      this.#say(fieldRemoved.id, at, fieldRemoved.check({ renamed: to?.field }));
    }
  }

  /** A registry may hold a default that is none; Avro finds that out when it needs it. */
  #defaults(field: Field, at: Place): void {
    if (field.default !== undefined || field.attributes.default === undefined) return;
    this.#say(unreadable.id, at, {
      says: `has a default that is no value of its type, and older records need it`,
      help: "Give it a default that fits its type, or its union's.",
      newerKeys: ["default"],
    });
  }

  #unions(older: Node, newer: Node, place: Place): void {
    const were = branchesOf(older);
    const read = were.flatMap(({ node: from, keys }) => {
      const to = this.#readerOf(from, newer);
      if (to === undefined) this.#unread(from, newer, below(place, keys, []));
      return to === undefined ? [] : [{ from, to, at: below(place, keys, newer === to ? [] : keyIn(newer, to)) }];
    });
    const wrapped = unionWrapped.check({ older, newer, read });
    this.#say(unionWrapped.id, place, wrapped);
    if (wrapped === undefined) {
      const targets = new Set(read.map(({ to }) => to));
      const added = branchesOf(newer).flatMap(({ node }) => (targets.has(node) ? [] : [node]));
      // What the newer cannot read at all is another matter.
      if (read.length > 0) this.#say(typeChanged.id, place, typeChanged.checkUnion(older, newer, added));
    }
    for (const { from, to, at } of read) this.#visit(from, to, at);
  }

  /** The type of the newer that the decoder reads it as. */
  #readerOf(from: Node, newer: Node): Node | undefined {
    if (newer.type !== "union") return this.#isReadAs(from, newer) ? newer : undefined;
    // The first candidate of all is the one of the same name: mostly it will do.
    const name = branchName(from);
    const same = newer.branches.find((branch) => branch.type === from.type && branchName(branch) === name);
    if (same !== undefined && this.#isReadAs(from, same)) return same;
    return candidates(from, newer).find((to) => this.#isReadAs(from, to));
  }

  #isReadAs(from: Node, to: Node): boolean {
    if (isLeaf(from) && isLeaf(to) && typeof resolveLeaf(from, to) !== "function") return false;
    return this.#reads(to, from);
  }

  /** Readable to Avro, since it does not look at logical types, and not to us. */
  #unread(from: Node, newer: Node, place: Place): void {
    if (!this.#reads(newer, from)) return;
    const reasons = branchesOf(newer).flatMap(({ node }) =>
      isLeaf(from) && isLeaf(node) && this.#reads(node, from) ? [unreadable.check({ older: from, newer: node })] : [],
    );
    this.#say(
      unreadable.id,
      place,
      reasons.find((reason) => reason !== undefined),
    );
  }

  #leaves({ older, newer, place }: Placed<LeafNode>): void {
    const pair = { older, newer };
    const unread = unreadable.check(pair);
    if (unread !== undefined) {
      this.#say(unreadable.id, place, unread);
      return;
    }
    if ("name" in older && "name" in newer) this.#names({ older, newer, place });
    if (older.type === "enum" && newer.type === "enum") {
      this.#say(enumSymbolAdded.id, place, enumSymbolAdded.check({ older, newer }));
      this.#say(typeChanged.id, place, typeChanged.checkEnum({ older, newer }));
      return;
    }
    const logical = logicalType.check(pair);
    const number = logical === undefined ? numberPrecision.check(pair) : undefined;
    this.#say(logicalType.id, place, logical);
    this.#say(numberPrecision.id, place, number);
    if (logical === undefined && number === undefined) this.#say(typeChanged.id, place, typeChanged.checkLeaf(pair));
  }

  #names({ older, newer, place }: Placed<NamedNode>): void {
    const found = namespace.check({ older, newer });
    const change = `${namespaceOf(older.name)} ${namespaceOf(newer.name)}`;
    if (found === undefined || this.#namespaces.has(change)) return;
    this.#namespaces.add(change);
    this.#say(namespace.id, place, found);
  }

  /** Whether two records meet for the first time. */
  #meet(older: Node, newer: Node): boolean {
    const met = this.#met.get(older) ?? new Set();
    this.#met.set(older, met);
    return met.size < met.add(newer).size;
  }

  #say(rule: TypescriptRuleId, place: Place, found: Found | undefined): void {
    if (found === undefined) return;
    const { says, help, olderKeys = [], newerKeys = [] } = found;
    const paths = pathsOf(below(place, olderKeys, newerKeys));
    this.#changes.push({ rule, ...paths, says, message: `${whatOf(place)} ${says}`, help });
  }
}

function isLeaf(node: Node): node is LeafNode {
  return node.type !== "array" && node.type !== "map" && node.type !== "union" && node.type !== "record";
}

/** The types that it may be; a type that is no union counts as a union of itself. */
function branchesOf(node: Node): readonly { node: Node; keys: readonly string[] }[] {
  if (node.type !== "union") return [{ node, keys: [] }];
  return node.branches.map((branch, index) => ({ node: branch, keys: [String(index)] }));
}

function keyIn(union: Node, branch: Node): readonly string[] {
  return union.type === "union" ? [String(union.branches.indexOf(branch))] : [];
}
