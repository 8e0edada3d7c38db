import type { Field } from "../avro/index.ts";
import type { CatalogTopic, Envelope, FieldPath } from "./model.ts";
import { fieldsAt, ID, KEY, type PathRule, present, TIME } from "./paths.ts";

/** Why the envelope's fields cannot be found in events of this schema, as sentences. */
export function envelopeProblems({
  schema,
  key,
  idPath,
  timePath,
}: Pick<CatalogTopic, "schema" | "key" | "idPath" | "timePath">): string[] {
  const uses = [
    ...key.map((path) => [path, KEY] as const),
    ...(idPath ? [[idPath, ID] as const] : []),
    ...(timePath ? [[timePath, TIME] as const] : []),
  ];
  return uses.flatMap(([path, rule]) => {
    const found = fieldsAt(schema.root, path, rule);
    return "problem" in found ? `${found.problem}; topic.yaml names ${path.join(".")} as the ${rule.use}` : [];
  });
}

type Getter = (value: unknown) => unknown;

/**
 * Builds the function that finds key, id and time in an event of this topic. It takes JSON that the topic's codec
 * accepts, or a decoded event, and answers the same for both.
 *
 * The key of one field is its value as text. A composite key is a JSON array of texts, `["DE","4711"]`: joined with a
 * separator, `a|b` and `c` would be the same key as `a` and `b|c`.
 */
export function envelopeOf(topic: CatalogTopic): (value: unknown) => Envelope {
  const keyOf = keyGetter(topic);
  const id = topic.idPath && textGetter(topic, topic.idPath, ID);
  const time = topic.timePath && timeGetter(topic, topic.timePath);
  return (value) => ({ key: keyOf(value), id: id?.(value), time: time?.(value) });
}

function keyGetter(topic: CatalogTopic): (value: unknown) => string | null {
  const parts = topic.key.map((path) => textGetter(topic, path, KEY));
  const [only] = parts;
  if (only === undefined) return () => null;
  if (parts.length === 1) return (value) => only(value) ?? null;
  return (value) => JSON.stringify(parts.map((part) => part(value) ?? null));
}

/** The value at a path as text. */
function textGetter(topic: CatalogTopic, path: FieldPath, rule: PathRule): (value: unknown) => string | undefined {
  const get = getterAt(topic, path, rule);
  const { type } = present(leafOf(topic, path, rule).type);
  return (value) => {
    const found = get(value);
    switch (typeof found) {
      case "string":
        // A long that JSON can't carry as a number comes as digits, which have more than one spelling.
        return type === "long" && DIGITS.test(found) ? String(BigInt(found)) : found;
      case "number":
      case "bigint":
      case "boolean":
        return String(found);
      default:
        return undefined;
    }
  };
}

const DIGITS = /^-?\d+$/;

/** How many of a timestamp's units make a millisecond. */
const PER_MILLISECOND = { millis: 1, micros: 1_000, nanos: 1_000_000 };

function timeGetter(topic: CatalogTopic, path: FieldPath): (value: unknown) => number | undefined {
  const get = getterAt(topic, path, TIME);
  const leaf = present(leafOf(topic, path, TIME).type);
  const unit = "logical" in leaf && leaf.logical?.kind === "timestamp" ? leaf.logical.unit : "millis";
  const divisor = PER_MILLISECOND[unit];
  return (value) => {
    const found = get(value);
    if (typeof found === "number") return Math.floor(found / divisor);
    if (found instanceof Date) return found.getTime();
    if (typeof found === "bigint") return floored(found, divisor);
    if (typeof found !== "string") return undefined;
    return DIGITS.test(found) ? floored(BigInt(found), divisor) : Date.parse(found);
  };
}

/** Towards the past, as Math.floor does; bigint's own division goes towards zero. */
function floored(units: bigint, divisor: number): number {
  const by = BigInt(divisor);
  return Number((units - (((units % by) + by) % by)) / by);
}

/** Reads the value at a path; where JSON leaves a field out, its default. */
function getterAt(topic: CatalogTopic, path: FieldPath, rule: PathRule): Getter {
  const steps = fieldsOf(topic, path, rule).map(stepOf);
  const [only] = steps;
  // Nearly every path has one step, and this runs for every event.
  if (only !== undefined && steps.length === 1) return only;
  return (value) => steps.reduce((inner, step) => step(inner), value);
}

function stepOf(field: Field): Getter {
  const { name } = field;
  const { default: fallback } = field.attributes;
  if (field.type.type !== "union") return (value) => memberOf(value, name) ?? fallback;
  const branches = field.type.branches.map((branch) => ("name" in branch ? branch.name : branch.type));
  // In JSON a union's value may be wrapped: `{"string": "a"}`.
  return (value) => {
    const found = memberOf(value, name) ?? fallback;
    if (typeof found !== "object" || found === null) return found;
    const [only, ...others] = Object.keys(found);
    return only !== undefined && others.length === 0 && branches.includes(only) ? memberOf(found, only) : found;
  };
}

/** Own members only: `constructor` is no field of an event that lacks it. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return Reflect.get(value, name);
}

function leafOf(topic: CatalogTopic, path: FieldPath, rule: PathRule): Field {
  const leaf = fieldsOf(topic, path, rule).at(-1);
  if (leaf === undefined) throw new TypeError(`${topic.topic}: an empty path for the ${rule.use}`);
  return leaf;
}

/** A catalog's paths were checked when it was loaded; one made by hand fails here. */
function fieldsOf(topic: CatalogTopic, path: FieldPath, rule: PathRule): readonly Field[] {
  const fields = fieldsAt(topic.schema.root, path, rule);
  if ("problem" in fields) throw new TypeError(`${topic.topic}: ${fields.problem}`);
  return fields;
}
