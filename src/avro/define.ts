import { logicalOf } from "./logical.ts";
import { fullName, isFullName, isName, lengthProblem, namespaceOf } from "./names.ts";
import { below, isObject, type Open, type Parse, type Place, report } from "./parse-state.ts";
import { type EnumNode, type Field, type FixedNode, type JsonObject, type NamedNode, PRIMITIVES } from "./schema.ts";
import { shortened, shown } from "./shown.ts";

export function defineRecord(parse: Parse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const fields: Field[] = [];
  const node = { type: "record", ...named(parse, json, name, place), fields, recursive: false } as const;
  define(parse, node, place);
  parse.records.push({ node, place });
  const given = Array.isArray(json.fields) ? json.fields : [];
  if (!Array.isArray(json.fields))
    wrong(parse, place, `expected an array of fields, found ${shown(json.fields)}`, "fields");
  const taken = new Set<string>();
  for (const [index, field] of given.entries()) {
    const at = { ...below(place, () => {}, "fields", index), namespace: namespaceOf(name) };
    const parsed = fieldOf(parse, field, at, taken);
    if (parsed !== undefined) fields.push(parsed);
  }
}

export function defineEnum(parse: Parse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const symbols = symbolsOf(parse, json, place);
  const fallback = json.default;
  if (fallback !== undefined && !symbols.some((symbol) => symbol === fallback)) {
    wrong(parse, place, `the default is no symbol of the enum: ${shown(fallback)}`, "default");
  }
  const node: EnumNode = {
    type: "enum",
    ...named(parse, json, name, place),
    symbols,
    default: typeof fallback === "string" ? fallback : undefined,
  };
  define(parse, node, place);
}

export function defineFixed(parse: Parse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const { size } = json;
  const right = typeof size === "number" && Number.isInteger(size) && size >= 0 && size < 2 ** 31;
  if (!right) wrong(parse, place, `expected how many bytes it has, found ${shown(size)}`, "size");
  const node: FixedNode = {
    type: "fixed",
    ...named(parse, json, name, place),
    size: right ? size : 0,
    logical: logicalOf("fixed", json),
  };
  define(parse, node, place);
}

function define(parse: Parse, node: NamedNode, place: Place): void {
  if (parse.defined.has(node.name)) wrong(parse, place, `\`${node.name}\` is defined twice`, "name");
  else if (parse.external.has(node.name)) {
    wrong(parse, place, `\`${node.name}\` is defined in a schema that this one refers to`, "name");
  } else parse.defined.set(node.name, node);
  place.put(node);
}

/** The full name of a definition. */
function nameOf(parse: Parse, json: JsonObject, place: Place): string | undefined {
  const { name, namespace = place.namespace } = json;
  if (typeof name !== "string") {
    report(
      parse,
      place,
      `a ${String(json.type)} needs a name, found ${shown(name)}`,
      ...(name === undefined ? [] : ["name"]),
    );
    return undefined;
  }
  if (typeof namespace !== "string") {
    report(parse, place, `expected a namespace, found ${shown(namespace)}`, "namespace");
    return undefined;
  }
  const full = fullName(name, namespace);
  if (!isFullName(full) || PRIMITIVES.has(full)) {
    report(
      parse,
      place,
      `\`${shortened(full)}\` cannot be the name of a type: letters, digits and _, parts joined by dots${lengthProblem(full)}`,
      "name",
    );
    return undefined;
  }
  return full;
}

function named(parse: Parse, json: JsonObject, name: string, place: Place) {
  const namespace = namespaceOf(name);
  const aliases = aliasesOf(parse, json, place).map((alias) => fullName(alias, namespace));
  return { name, aliases, doc: docOf(json), attributes: json };
}

function fieldOf(parse: Parse, json: unknown, place: Place, taken: Set<string>): Field | undefined {
  if (!isObject(json)) return wrong(parse, place, `expected a field: an object, found ${shown(json)}`);
  const { name } = json;
  if (!isName(name))
    wrong(
      parse,
      place,
      `expected the name of a field: letters, digits and _, found ${shown(name)}${lengthProblem(name)}`,
      "name",
    );
  // Plain objects have a prototype under that name.
  else if (name === "__proto__") wrong(parse, place, "`__proto__` cannot be the name of a field in JavaScript", "name");
  else if (taken.has(name)) wrong(parse, place, `a second field \`${name}\``, "name");
  else taken.add(name);
  const field: Open<Field> = {
    name: typeof name === "string" ? name : "",
    type: parse.broken,
    aliases: aliasesOf(parse, json, place),
    doc: docOf(json),
    default: undefined,
    attributes: json,
  };
  if (json.type === undefined) return wrong(parse, place, "a field without `type`");
  const at = below(place, (type) => (field.type = type), "type");
  const bigint = json.jsType === "bigint";
  if (bigint && !mentionsLong(json.type)) {
    wrong(parse, place, '`"jsType": "bigint"` is for a long, or a union with one', "jsType");
  }
  parse.parseType(json.type, { ...at, bigint });
  return field;
}

function mentionsLong(type: unknown): boolean {
  if (Array.isArray(type)) return type.some(mentionsLong);
  return type === "long" || (isObject(type) && type.type === "long");
}

function symbolsOf(parse: Parse, json: JsonObject, place: Place): readonly string[] {
  const { symbols } = json;
  if (!Array.isArray(symbols) || symbols.length === 0) {
    wrong(parse, place, `expected an array of symbols, found ${shown(symbols)}`, "symbols");
    return [];
  }
  const taken = new Set<string>();
  for (const [index, symbol] of symbols.entries()) {
    if (!isName(symbol))
      wrong(
        parse,
        place,
        `expected a symbol: letters, digits and _, found ${shown(symbol)}${lengthProblem(symbol)}`,
        "symbols",
        index,
      );
    else if (taken.has(symbol)) wrong(parse, place, `a second symbol \`${symbol}\``, "symbols", index);
    else taken.add(symbol);
  }
  return [...taken];
}

function aliasesOf(parse: Parse, json: JsonObject, place: Place): readonly string[] {
  const { aliases = [] } = json;
  const texts = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [];
  if (!Array.isArray(aliases) || texts.length < aliases.length) {
    wrong(parse, place, `expected an array of names, found ${shown(aliases)}`, "aliases");
  }
  return texts;
}

function docOf({ doc }: JsonObject): string | undefined {
  return typeof doc === "string" ? doc : undefined;
}

/** Notes a problem beside a type that stands. */
function wrong(parse: Parse, place: Place, message: string, ...keys: (string | number)[]): undefined {
  report(parse, { ...place, put: () => {} }, message, ...keys);
}
