/** What is wrong with a value by a JSON Schema, as far as our own schemas go: a keyword that is not known here is a problem too. */
export function schemaProblems(schema: unknown, value: unknown, root: unknown = schema, path = ""): string[] {
  if (schema === true) return [];
  if (!isObject(schema)) return [`${path}: ${JSON.stringify(schema)} is no schema`];
  return Object.entries(schema).flatMap(([keyword, given]) => {
    if (["$schema", "$id", "$defs", "title", "description", "examples"].includes(keyword)) return [];
    const check = KEYWORDS[keyword];
    if (check === undefined) return [`${path}: unknown keyword ${keyword}`];
    return check({ given, schema, value, root, path });
  });
}

interface Asked {
  readonly given: unknown;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: unknown;
  readonly root: unknown;
  readonly path: string;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  integer: Number.isInteger,
};

const KEYWORDS: Readonly<Record<string, (asked: Asked) => string[]>> = {
  $ref({ given, value, root, path }) {
    const keys = String(given).split("/").slice(1);
    const target = keys.reduce((at: unknown, key) => (isObject(at) ? at[key] : undefined), root);
    return schemaProblems(target, value, root, path);
  },
  type: ({ given, value, path }) =>
    TYPES[String(given)]?.(value) ? [] : [`${path}: expected ${given}, got ${JSON.stringify(value)}`],
  const: ({ given, value, path }) => (given === value ? [] : [`${path}: expected ${given}, got ${value}`]),
  enum: ({ given, value, path }) =>
    Array.isArray(given) && given.includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is none of ${given}`],
  minimum: ({ given, value, path }) => (Number(value) >= Number(given) ? [] : [`${path}: ${value} is below ${given}`]),
  minLength: ({ given, value, path }) => (String(value).length >= Number(given) ? [] : [`${path}: is too short`]),
  pattern: ({ given, value, path }) =>
    new RegExp(String(given), "u").test(String(value)) ? [] : [`${path}: ${value} does not match ${given}`],
  required: ({ given, value, path }) =>
    [given].flat().flatMap((name) => (isObject(value) && String(name) in value ? [] : [`${path}: ${name} is missing`])),
  properties({ given, value, root, path }) {
    if (!isObject(given) || !isObject(value)) return [];
    const there = Object.entries(given).filter(([name]) => name in value);
    return there.flatMap(([name, of]) => schemaProblems(of, value[name], root, `${path}/${name}`));
  },
  additionalProperties({ schema, value, path }) {
    const known = isObject(schema.properties) ? Object.keys(schema.properties) : [];
    const more = isObject(value) ? Object.keys(value).filter((name) => !known.includes(name)) : [];
    return more.map((name) => `${path}: ${name} is not in the schema`);
  },
  items: ({ given, value, root, path }) =>
    Array.isArray(value) ? value.flatMap((one, index) => schemaProblems(given, one, root, `${path}/${index}`)) : [],
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
