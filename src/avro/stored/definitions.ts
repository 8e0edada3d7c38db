import { logicalOf } from "../logical.ts";
import { lengthProblem } from "../names.ts";
import { isObject, type Open } from "../parse-state.ts";
import { type Field, type Json, type JsonObject, type NamedNode, PRIMITIVES, type RecordNode } from "../schema.ts";
import { shown } from "../shown.ts";
import { checkDefault } from "./defaults.ts";
import { checkName, checkNamespace } from "./names.ts";
import { parsedDouble } from "./numbers.ts";
import { below, checkProperties, type Place, report, type StoredParse, textOf } from "./parse-state.ts";
import { isInt } from "./properties.ts";
import { sameType } from "./same.ts";

const ORDERS = new Set(["ascending", "descending", "ignore"]);

export function defineRecord(parse: StoredParse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const fields: Field[] = [];
  const node: Open<RecordNode> = { type: "record", ...named(parse, json, name, place), fields, recursive: false };
  place.put(node);
  parse.records.push({ node, place });
  checkProperties(parse, node, place);
  if (!Array.isArray(json.fields)) {
    report(parse, place, `expected an array of fields, found ${shown(json.fields)}`, "fields");
    return;
  }
  const taken = new Set<string>();
  for (const [index, field] of json.fields.entries()) {
    const at = { ...below(place, () => {}, "fields", index), namespace: name.namespace };
    const parsed = fieldOf(parse, field, at, taken);
    if (parsed !== undefined) fields.push(parsed);
  }
  define(parse, node, place);
}

export function defineEnum(parse: StoredParse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const symbols = symbolsOf(parse, json, place);
  // A default that is no text counts as none.
  const fallback = textOf(json, "default");
  if (fallback !== undefined && !symbols.includes(fallback)) {
    report(parse, place, `the default is no symbol of the enum: ${shown(fallback)}`, "default");
  }
  define(parse, { type: "enum", ...named(parse, json, name, place), symbols, default: fallback }, place);
}

export function defineFixed(parse: StoredParse, json: JsonObject, place: Place): void {
  const name = nameOf(parse, json, place);
  if (name === undefined) return;
  const size = isInt(json, "size") ? Number(json.size) : -1;
  // Java's arrays are a little shorter than its ints go.
  if (size < 0 || size > 2 ** 31 - 9)
    report(parse, place, `expected how many bytes, found ${shown(json.size)}`, "size");
  const logical = logicalOf("fixed", json);
  define(parse, { type: "fixed", ...named(parse, json, name, place), size: Math.max(0, size), logical }, place);
}

/** Known from here on. Defining a type again is allowed where nothing differs. */
function define(parse: StoredParse, node: NamedNode, place: Place): void {
  const there = parse.external.get(node.name) ?? parse.defined.get(node.name);
  if (there === undefined) {
    parse.defined.set(node.name, node);
    place.put(node);
    return;
  }
  if (!sameType(node, there, false))
    report(parse, place, `\`${node.name}\` is defined twice, and not the same`, "name");
  // Docs and aliases may differ. Of the whole schema the known one counts, inside of it what stands there.
  place.put(place.path.length === 0 ? there : node);
}

interface Name {
  readonly full: string;
  readonly namespace: string;
}

function nameOf(parse: StoredParse, json: JsonObject, place: Place): Name | undefined {
  const given = textOf(json, "name");
  if (given === undefined) {
    report(parse, place, `a ${String(json.type)} needs a name`);
    place.put(parse.broken);
    return undefined;
  }
  const namespace = given.includes(".")
    ? given.slice(0, given.lastIndexOf("."))
    : (textOf(json, "namespace") ?? place.namespace);
  const simple = given.slice(given.lastIndexOf(".") + 1);
  const full = namespace === "" ? simple : `${namespace}.${simple}`;
  if (checkName(parse, simple, place, "name")) {
    checkNamespace(parse, namespace, place, given.includes(".") ? "name" : "namespace");
    const tooLong = lengthProblem(full);
    if (tooLong === "" && !PRIMITIVES.has(full)) return { full, namespace };
    report(
      parse,
      place,
      tooLong === "" ? `\`${full}\` is a primitive type` : `the name with its namespace${tooLong}`,
      "name",
    );
  }
  place.put(parse.broken);
  return undefined;
}

function named(parse: StoredParse, json: JsonObject, { full, namespace }: Name, place: Place) {
  const aliases = aliasesOf(parse, json, place).map((alias, index) => {
    const dot = alias.lastIndexOf(".");
    checkName(parse, parse.strict ? alias.slice(dot + 1) : "_", place, "aliases", index);
    if (dot >= 0) return dot === 0 ? alias.slice(1) : alias;
    return namespace === "" ? alias : `${namespace}.${alias}`;
  });
  return { name: full, aliases: [...new Set(aliases)], doc: textOf(json, "doc"), attributes: json };
}

function fieldOf(parse: StoredParse, json: Json, place: Place, taken: Set<string>): Field | undefined {
  if (!isObject(json)) return wrong(parse, place, `expected a field: an object, found ${shown(json)}`);
  const { name } = json;
  if (!checkName(parse, name, place, "name")) return undefined;
  if (taken.has(name)) report(parse, place, `a second field \`${name}\``, "name");
  taken.add(name);
  if (json.type === undefined) return wrong(parse, place, "a field without `type`");
  const aliases = aliasesOf(parse, json, place);
  const field: Open<Field> = {
    name,
    type: parse.broken,
    aliases,
    doc: textOf(json, "doc"),
    default: undefined,
    attributes: json,
  };
  const at = below(place, (type) => (field.type = type), "type");
  parse.parseType(json, "type", { ...at, bigint: json.jsType === "bigint" });
  checkOrder(parse, json, place);
  checkFieldDefault(parse, field, place);
  return field;
}

function checkOrder(parse: StoredParse, { order }: JsonObject, place: Place): void {
  if (order === undefined || (typeof order === "string" && ORDERS.has(order.toLowerCase()))) return;
  report(parse, place, `expected \`ascending\`, \`descending\` or \`ignore\`, found ${shown(order)}`, "order");
}

/** Looked at before the names are known that are still to be defined, and again after. */
function checkFieldDefault(parse: StoredParse, { type, attributes }: Field, place: Place): void {
  const { default: value } = attributes;
  if (value === undefined) return;
  if ((type.type === "float" || type.type === "double") && typeof value === "string") {
    if (parsedDouble(value) === undefined) report(parse, place, `expected a number, found ${shown(value)}`, "default");
  } else if (parse.strict && type !== parse.broken) {
    const problem = checkDefault(type, attributes, "default");
    if (problem !== undefined) report(parse, place, problem, "default");
  }
}

function symbolsOf(parse: StoredParse, json: JsonObject, place: Place): readonly string[] {
  if (!Array.isArray(json.symbols)) {
    report(parse, place, `expected an array of symbols, found ${shown(json.symbols)}`, "symbols");
    return [];
  }
  const taken = new Set<string>();
  for (const [index, symbol] of json.symbols.entries()) {
    if (!checkName(parse, symbol, place, "symbols", index)) continue;
    if (taken.has(symbol)) report(parse, place, `a second symbol \`${symbol}\``, "symbols", index);
    taken.add(symbol);
  }
  return [...taken];
}

function aliasesOf(parse: StoredParse, { aliases }: JsonObject, place: Place): readonly string[] {
  if (aliases === undefined) return [];
  const texts = Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === "string") : [];
  if (!Array.isArray(aliases) || texts.length < aliases.length) {
    report(parse, place, `expected an array of names, found ${shown(aliases)}`, "aliases");
  }
  return texts;
}

function wrong(parse: StoredParse, place: Place, message: string): undefined {
  report(parse, place, message);
}
