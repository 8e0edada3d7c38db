import type { Field, RecordNode } from "../schema.ts";
import { orderOf } from "../stored/text.ts";
import { jsonText, propertiesOfField, sameDefault } from "./attributes.ts";
import { movedOf } from "./moved.ts";
import { below, inBoth, type Place } from "./place.ts";
import { diffAliases, diffDoc } from "./texts.ts";
import { typeText } from "./type-text.ts";
import type { Walk } from "./walk.ts";

/** What changed in the fields of a record. */
export function diffFields(walk: Walk, older: RecordNode, newer: RecordNode, place: Place): void {
  const sources = sourcesOf(older, newer);
  const moved = movedOf(newer.fields.flatMap((field) => sources.get(field) ?? []));
  const readers = {
    older: readerOf(older, newer, walk.oldReadsNew),
    newer: readerOf(newer, older, walk.newReadsOld),
  };
  for (const [index, field] of newer.fields.entries()) {
    const keys = ["fields", String(index)];
    const from = sources.get(field);
    const source = from === undefined ? undefined : older.fields[from];
    if (from === undefined || source === undefined) {
      sayAdded(walk, field, readers, below(place, "fields", keys, `.${field.name}`));
      continue;
    }
    const at = below(place, ["fields", String(from)], keys, `.${field.name}`);
    if (moved.has(from)) sayMoved(walk, from, index, at);
    diffField(walk, source, field, readers, at);
  }
  const kept = new Set(sources.values());
  for (const [index, field] of older.fields.entries()) {
    const at = below(place, ["fields", String(index)], "fields", `.${field.name}`);
    if (!kept.has(index)) sayRemoved(walk, field, readers, at);
  }
}

/**
 * The index of the older field that each newer one is: the one of its name, else one that is gone and that an alias
 * of either names.
 */
function sourcesOf(older: RecordNode, newer: RecordNode): ReadonlyMap<Field, number> {
  const byName = new Map(older.fields.map(({ name }, index) => [name, index]));
  const names = new Set(newer.fields.map(({ name }) => name));
  const gone = [...older.fields.entries()].filter(([, { name }]) => !names.has(name));
  const byAlias = new Map(gone.flatMap(([index, { aliases }]) => aliases.map((alias) => [alias, index] as const)));
  const taken = new Set<number>();
  const sources = new Map<Field, number>();
  for (const field of newer.fields) {
    const renamed = field.aliases.find((alias) => byName.has(alias) && !names.has(alias));
    const index = byName.get(field.name) ?? byName.get(renamed ?? "") ?? byAlias.get(field.name);
    if (index === undefined || taken.has(index)) continue;
    taken.add(index);
    sources.set(field, index);
  }
  return sources;
}

/** One of the two records as the reader of the other. */
interface Reader {
  /** Whether it makes a field of something: of what an alias finds, else of a default. */
  readonly makes: (field: Field) => boolean;
  /**
   * Whether it finds two fields for the same one of its own, this one of them: it cannot tell which is meant
   * (`CHECK_FAILED`).
   */
  readonly findsTwice: (name: string) => boolean;
}

type Readers = Readonly<Record<"older" | "newer", Reader>>;

function readerOf(reader: RecordNode, writer: RecordNode, reads: Walk["newReadsOld"]): Reader {
  const names = new Map(writer.fields.map((field) => [field.name, field]));
  const found = reader.fields.map(({ name, aliases }) => [name, ...new Set(aliases)].filter((one) => names.has(one)));
  const twice = new Set(found.filter(({ length }) => length > 1).flat());
  return {
    makes(field) {
      const found = field.aliases.flatMap((alias) => names.get(alias) ?? [])[0];
      return found === undefined ? hasDefault(field) : reads(field.type, found.type);
    },
    findsTwice: (name) => twice.has(name),
  };
}

function diffField(walk: Walk, older: Field, newer: Field, readers: Readers, place: Place): void {
  if (older.name !== newer.name) sayRenamed(walk, older, newer, place);
  diffAliases(walk, "FIELD_ALIASES", older, newer, {
    place,
    newReadsOld: !readers.newer.findsTwice(older.name),
    oldReadsNew: !readers.older.findsTwice(newer.name),
  });
  diffDoc(walk, older.doc, newer.doc, place);
  const apart = older.name === newer.name ? place.apart : apartOf(older, newer, place);
  walk.pair(older.type, newer.type, inBoth({ ...place, apart }, "type"));
  diffDefault(walk, older, newer, place);
  const [before, after] = [orderOf(older), orderOf(newer)];
  if (before !== after) {
    const at = below(place, "order" in older.attributes ? "order" : [], "order" in newer.attributes ? "order" : []);
    walk.say("FIELD_ORDER", at, { before, after, message: "how records are sorted by this field" });
  }
  walk.members(propertiesOfField(older), propertiesOfField(newer), place);
}

/** A renamed field is no longer found by readers to which nobody says so. */
const apartOf = (older: Field, newer: Field, { apart }: Place): Place["apart"] => ({
  newReadsOld: apart.newReadsOld || !newer.aliases.includes(older.name),
  oldReadsNew: apart.oldReadsNew || !older.aliases.includes(newer.name),
});

const hasDefault = ({ attributes }: Field): boolean => attributes.default !== undefined;

function sayAdded(walk: Walk, field: Field, readers: Readers, at: Place): void {
  const newReadsOld = readers.newer.makes(field);
  const filled = hasDefault(field)
    ? `in records without it, it is \`${jsonText(field.attributes.default)}\``
    : "an alias finds another field for it";
  walk.say("FIELD_ADDED", at, {
    after: typeText(field.type),
    message: newReadsOld
      ? `a new field; ${filled}`
      : "a new field without a default: records written before cannot be read",
    newReadsOld,
    oldReadsNew: !readers.older.findsTwice(field.name),
  });
}

function sayRemoved(walk: Walk, field: Field, readers: Readers, at: Place): void {
  const oldReadsNew = readers.older.makes(field);
  const filled = hasDefault(field)
    ? `take its default, \`${jsonText(field.attributes.default)}\``
    : "find another field for it by an alias";
  walk.say("FIELD_REMOVED", at, {
    before: typeText(field.type),
    message: oldReadsNew
      ? `the field is gone; earlier readers ${filled}`
      : "the field is gone; earlier readers have no default for it, and cannot read what is written now",
    newReadsOld: !readers.newer.findsTwice(field.name),
    oldReadsNew,
  });
}

function sayRenamed(walk: Walk, older: Field, newer: Field, at: Place): void {
  const found = newer.aliases.includes(older.name);
  walk.say("FIELD_RENAMED", inBoth(at, "name"), {
    before: older.name,
    after: newer.name,
    message: found
      ? "the field has another name; its alias finds it in records written before"
      : "the field has another name, and no alias that finds it in records written before",
    newReadsOld: found || hasDefault(newer),
    oldReadsNew: older.aliases.includes(newer.name) || hasDefault(older),
  });
}

function sayMoved(walk: Walk, from: number, to: number, at: Place): void {
  walk.say("FIELD_MOVED", at, {
    before: `field ${from + 1}`,
    after: `field ${to + 1}`,
    message: "fields are matched by name, so their order means nothing to readers",
  });
}

function diffDefault(walk: Walk, older: Field, newer: Field, place: Place): void {
  const [had, has] = [hasDefault(older), hasDefault(newer)];
  if ((!had && !has) || (had && has && sameDefault(older, newer))) return;
  const at = below(place, had ? "default" : [], has ? "default" : []);
  const said = { before: jsonText(older.attributes.default), after: jsonText(newer.attributes.default) };
  if (!had) walk.say("DEFAULT_ADDED", at, { ...said, message: "a reader can do without the field from now on" });
  else if (!has) walk.say("DEFAULT_REMOVED", at, { ...said, message: "a reader needs the field from now on" });
  else walk.say("DEFAULT_CHANGED", at, { ...said, message: "records without the field are read with another value" });
}
