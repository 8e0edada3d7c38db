import { createReads } from "../compat/index.ts";
import { type Json, type NamedNode, type Node, partsOf, type UnionNode } from "../schema.ts";
import { jsonText, propertiesOfType, sameJson } from "./attributes.ts";
import type { ChangeKind, SchemaChange } from "./change.ts";
import { diffNamed } from "./named.ts";
import { below, inBoth, type Place, pathsOf, ROOT } from "./place.ts";
import { kindText, logicalText, typeText } from "./type-text.ts";
import { diffUnions } from "./unions.ts";

/** What is said of a change, besides where it is. Whatever is not said to break is read. */
export interface Said {
  readonly before?: string;
  readonly after?: string;
  readonly message: string;
  readonly newReadsOld?: boolean;
  readonly oldReadsNew?: boolean;
}

/** One comparison of two schemas. */
export class Walk {
  /** Whether the newer schema's type reads the older's, and the other way round. */
  readonly newReadsOld = createReads();
  readonly oldReadsNew = createReads();
  readonly #roots: { readonly older: Node; readonly newer: Node };
  readonly #names: { readonly older: ReadonlyMap<string, NamedNode>; readonly newer: ReadonlyMap<string, NamedNode> };
  /** Named types that have been compared, each with the one of the other schema that it is or became. */
  readonly #partners = new Map<NamedNode, NamedNode>();
  /** Named types that are still to be compared: all that are met at one level before those inside them. */
  readonly #open: { readonly older: NamedNode; readonly newer: NamedNode; readonly place: Place; into: Changes }[] = [];
  /** Where changes are put just now. */
  #changes: Changes = [];

  constructor(older: Node, newer: Node) {
    this.#roots = { older, newer };
    this.#names = { older: namesIn(older), newer: namesIn(newer) };
  }

  run(): readonly SchemaChange[] {
    const all = this.#changes;
    this.pair(this.#roots.older, this.#roots.newer, ROOT);
    for (const { older, newer, place, into } of this.#open) {
      this.#changes = into;
      diffNamed(this, older, newer, place);
    }
    return inOrder(all);
  }

  say(kind: ChangeKind, place: Place, said: Said): void {
    const { before = "", after = "", message } = said;
    const newReadsOld = place.apart.newReadsOld || (said.newReadsOld ?? true);
    const oldReadsNew = place.apart.oldReadsNew || (said.oldReadsNew ?? true);
    this.#changes.push({ kind, ...pathsOf(place), before, after, message, newReadsOld, oldReadsNew });
  }

  /** Compares a type with what stands in its place. */
  pair(older: Node, newer: Node, place: Place): void {
    if (older === newer) return;
    if (older.type === "union" || newer.type === "union") diffUnions(this, older, newer, place);
    else if ("name" in older && "name" in newer && this.isSame(older, newer)) this.#named(older, newer, place);
    else if (older.type === "array" && newer.type === "array") {
      this.properties(older, newer, place);
      this.pair(older.items, newer.items, inBoth(place, "items", "[]"));
    } else if (older.type === "map" && newer.type === "map") {
      this.properties(older, newer, place);
      this.pair(older.values, newer.values, inBoth(place, "values", "{}"));
    } else if (older.type === newer.type && !("name" in older)) this.leaf(older, newer, place);
    else this.typeChanged(older, newer, place);
  }

  /** Whether it is the same named type, perhaps under another name: one that is gone, and one that is new. */
  isSame(older: NamedNode, newer: NamedNode): boolean {
    const partners = [this.#partners.get(older) ?? newer, this.#partners.get(newer) ?? older];
    if (older.type !== newer.type || partners[0] !== newer || partners[1] !== older) return false;
    return older.name === newer.name || !(this.#names.newer.has(older.name) || this.#names.older.has(newer.name));
  }

  /** Logical types, and what else is said of a type. */
  leaf(older: Exclude<Node, UnionNode>, newer: Exclude<Node, UnionNode>, place: Place): void {
    const [before, after] = [logicalText(older), logicalText(newer)];
    if (before !== after) {
      const [was, is] = [before || older.type, after || newer.type];
      const message = `the same bytes meant \`${was}\`, and mean \`${is}\` now`;
      this.say("LOGICAL_TYPE", below(place, before && "logicalType", after && "logicalType"), {
        before: was,
        after: is,
        message,
      });
    }
    this.properties(older, newer, place);
  }

  properties(older: Exclude<Node, UnionNode>, newer: Exclude<Node, UnionNode>, place: Place): void {
    this.members(propertiesOfType(older, newer), propertiesOfType(newer, older), place);
  }

  /** Attributes that Avro makes nothing of, by name. */
  members(older: ReadonlyMap<string, Json>, newer: ReadonlyMap<string, Json>, place: Place): void {
    for (const key of new Set([...newer.keys(), ...older.keys()])) {
      const [was, is] = [older.get(key), newer.get(key)];
      if (sameJson(was, is)) continue;
      const verb = was === undefined ? "is new" : is === undefined ? "is gone" : "is another";
      this.say("PROPERTY", below(place, was === undefined ? [] : key, is === undefined ? [] : key), {
        before: was === undefined ? "" : `${key}: ${jsonText(was)}`,
        after: is === undefined ? "" : `${key}: ${jsonText(is)}`,
        message: `the attribute \`${key}\` ${verb}; Avro makes nothing of it`,
      });
    }
  }

  /** `within` is what they stand in, where another type of it may do as well. */
  typeChanged(older: Node, newer: Node, place: Place, within = { older, newer }): void {
    const newReadsOld = this.newReadsOld(within.newer, older);
    const oldReadsNew = this.oldReadsNew(within.older, newer);
    const alike = typeText(older) === typeText(newer);
    const [before, after] = alike ? [kindText(older), kindText(newer)] : [typeText(older), typeText(newer)];
    const what = newReadsOld ? "is read as the new type" : "cannot be read as the new type";
    // A change that breaks one way alone is told by what breaks.
    const message =
      newReadsOld && !oldReadsNew
        ? `what is written as \`${after}\`, earlier readers cannot read as \`${before}\``
        : `what was written as \`${before}\` ${what}`;
    this.say("TYPE_CHANGED", place, { before, after, message, newReadsOld, oldReadsNew });
  }

  #named(older: NamedNode, newer: NamedNode, place: Place): void {
    if (this.#partners.has(older)) return;
    this.#partners.set(older, newer).set(newer, older);
    const into: Changes = [];
    this.#changes.push(into);
    this.#open.push({ older, newer, place, into });
  }
}

/** Changes in their order; a list in a list is what changed in a type that is met there. */
type Changes = (SchemaChange | Changes)[];

function inOrder(changes: Changes): readonly SchemaChange[] {
  const found: SchemaChange[] = [];
  const open: Changes = [changes];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...next.toReversed());
    else found.push(next);
  }
  return found;
}

/** The named types of a schema. They may be nested deeper than a stack is. */
function namesIn(root: Node): ReadonlyMap<string, NamedNode> {
  const found = new Map<string, NamedNode>();
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ("name" in node) {
      if (found.has(node.name)) continue;
      found.set(node.name, node);
    }
    open.push(...partsOf(node));
  }
  return found;
}
