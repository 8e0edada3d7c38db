import { PRIMITIVES } from "../../avro/index.ts";

/**
 * What two schemas have in common, seen by their texts alone. Most changes add a field, and most versions differ from the
 * one of now in that: telling so needs no graph of types, and that makes a check of ten thousand versions quick.
 */
export interface Glance {
  /** They are not the same. */
  readonly differs: boolean;
  /** The fields that keep the newer from reading what the older wrote: they came without a default. None: it reads it. */
  readonly newLacks: readonly string[];
  /** The fields that keep the older from reading what the newer writes: they went, and had no default. */
  readonly oldLacks: readonly string[];
  /** Nothing of the older is gone or another: code that was written for it finds all that it knows. */
  readonly extends: boolean;
}

/** Looks at older schemas from one newer; undefined where the texts alone do not tell. */
export function glanceFrom(newerText: string): (olderText: string) => Glance | undefined {
  let newer: Outline | undefined | "not read" = "not read";
  return (olderText) => {
    if (newer === "not read") newer = outlineOf(newerText);
    const older = newer && outlineOf(olderText);
    return newer && older && glance(newer, older);
  };
}

interface Outline {
  readonly name: unknown;
  readonly namespace: unknown;
  readonly fields: ReadonlyMap<string, FieldJson>;
}

type FieldJson = Readonly<Record<string, unknown>>;

function glance(newer: Outline, older: Outline): Glance | undefined {
  if (newer.name !== older.name || newer.namespace !== older.namespace) return undefined;
  const added: FieldJson[] = [];
  for (const [name, field] of newer.fields) {
    const before = older.fields.get(name);
    if (before === undefined) added.push(field);
    else if (!isSame(field, before) || !isClosed(field.type)) return undefined;
  }
  // Mostly there are none, and nobody has to look for them.
  const isLess = older.fields.size > newer.fields.size - added.length;
  const removed = isLess ? [...older.fields.values()].filter(({ name }) => !newer.fields.has(String(name))) : [];
  return {
    differs: added.length > 0 || isLess,
    newLacks: withoutDefault(added),
    oldLacks: withoutDefault(removed),
    extends: !isLess,
  };
}

const withoutDefault = (fields: readonly FieldJson[]): string[] =>
  fields.filter((field) => field.default === undefined).map(({ name }) => String(name));

/** Of a record whose fields have no aliases: what those stand for is for a real comparison. */
function outlineOf(text: string): Outline | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined; // Whoever parses the schema says what is wrong with it.
  }
  if (!isObject(json) || json.type !== "record" || !Array.isArray(json.fields)) return undefined;
  const fields = new Map<string, FieldJson>();
  for (const field of json.fields) {
    if (!isObject(field) || typeof field.name !== "string" || field.aliases !== undefined) return undefined;
    fields.set(field.name, field);
  }
  return fields.size === json.fields.length ? { name: json.name, namespace: json.namespace, fields } : undefined;
}

/** Whether a type says all by itself: a name would mean what is defined elsewhere, which may be another thing there. */
function isClosed(type: unknown): boolean {
  if (typeof type === "string") return PRIMITIVES.has(type);
  if (Array.isArray(type)) return type.every(isClosed);
  if (!isObject(type)) return false;
  switch (type.type) {
    case "record":
      return Array.isArray(type.fields) && type.fields.every(isClosedField);
    case "array":
      return isClosed(type.items);
    case "map":
      return isClosed(type.values);
    case "enum":
    case "fixed":
      return true;
    default:
      return isClosed(type.type);
  }
}

/** An alias may keep a record from reading even what was written with itself. */
function isClosedField(field: unknown): boolean {
  return isObject(field) && field.aliases === undefined && isClosed(field.type);
}

/** Members in the same order: a schema is seldom sorted anew. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => isSame(item, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  const others = Object.keys(other);
  return keys.length === others.length && keys.every((key, at) => key === others[at] && isSame(one[key], other[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
