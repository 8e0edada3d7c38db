import fc from "fast-check";
import type { Json, JsonObject } from "../../../src/avro/index.ts";
import { schemaOf } from "./schema-json.ts";

/** Draws what a generator needs: fast-check then shrinks it. */
export interface Draw {
  /** A whole number below a limit. */
  readonly below: (limit: number) => number;
  /** True once in so many times. */
  readonly once: (times: number) => boolean;
  readonly one: <T>(values: readonly [T, ...T[]]) => T;
}

/** Texts of two schemas, the one mostly made of the other by a few edits. */
export interface Texts {
  readonly reader: string;
  readonly writer: string;
}

/** `broken` also makes schemas that are none. */
export const pairs = ({ broken }: { broken: boolean }): fc.Arbitrary<Texts> =>
  fc.gen().map((g) => {
    const draw = drawOf(g);
    const one = schemaOf(draw);
    const other = draw.once(15) ? schemaOf(draw) : edited(draw, one, broken);
    const [reader, writer] = draw.once(2) ? [one, other] : [other, one];
    return { reader: JSON.stringify(reader), writer: JSON.stringify(writer) };
  });

/** Schemas that come one after the other, each mostly made of the one before it by a few edits; the last is the newest. */
export const histories = (versions: number): fc.Arbitrary<readonly string[]> =>
  fc.gen().map((g) => {
    const draw = drawOf(g);
    const all = [schemaOf(draw)];
    while (all.length < versions) {
      const last = all.at(-1) ?? null;
      all.push(draw.once(15) ? schemaOf(draw) : edited(draw, last, false));
    }
    return all.map((one) => JSON.stringify(one));
  });

function drawOf(g: fc.GeneratorValue): Draw {
  const below = (limit: number) => g(fc.nat, Math.max(0, limit - 1));
  return {
    below,
    once: (times) => below(times) === 0,
    one: (values) => structuredClone(values[below(values.length)] ?? values[0]),
  };
}

function edited(draw: Draw, schema: Json, broken: boolean): Json {
  const root = { schema: structuredClone(schema) };
  for (let edits = 1 + draw.below(4); edits > 0; edits--) {
    const places = placesOf(root.schema, { holder: root, key: "schema" });
    const place = places[draw.below(places.length)];
    if (place !== undefined) (broken && draw.once(4) ? ruin : edit)(draw, place, root);
  }
  return root.schema;
}

interface Place {
  readonly holder: object;
  readonly key: string | number;
}

const at = ({ holder, key }: Place): Json => Reflect.get(holder, key);
const put = ({ holder, key }: Place, json: Json) => void Reflect.set(holder, key, json);
const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** Every place where a type or a field stands. */
function placesOf(json: Json, place: Place): Place[] {
  const found = [place];
  if (Array.isArray(json)) {
    for (const [key, branch] of json.entries()) found.push(...placesOf(branch, { holder: json, key }));
  } else if (isObject(json)) {
    for (const key of ["items", "values", "type"]) {
      if (typeof json[key] === "object" || key !== "type" || "default" in json) {
        const inner = json[key];
        if (inner !== undefined) found.push(...placesOf(inner, { holder: json, key }));
      }
    }
    if (Array.isArray(json.fields)) found.push(...placesOf(json.fields, { holder: json, key: "fields" }).slice(1));
  }
  return found;
}

const PROMOTED: Readonly<Record<string, readonly [string, ...string[]]>> = {
  int: ["long", "float", "double"],
  long: ["float", "double", "int"],
  float: ["double", "int"],
  string: ["bytes", "int"],
  bytes: ["string", "int"],
};

function edit(draw: Draw, place: Place, root: object): void {
  const json = at(place);
  if (typeof json === "string") editName(draw, place, json);
  else if (Array.isArray(json)) editUnion(draw, json);
  else if (!isObject(json)) return;
  else if (json.type === "record" && Array.isArray(json.fields)) editRecord(draw, json, json.fields, root);
  else if (json.type === "enum" && Array.isArray(json.symbols)) editEnum(draw, json, json.symbols, root);
  else if (json.type === "fixed") editFixed(draw, json, root);
  else if (typeof json.name === "string") editField(draw, json);
  else put(place, draw.once(3) ? wrapped(json, draw) : schemaOf(draw, 2));
}

function editName(draw: Draw, place: Place, name: string): void {
  const to = PROMOTED[name];
  if (to !== undefined && draw.below(4) > 0) put(place, draw.one(to));
  else put(place, draw.once(2) ? wrapped(name, draw) : schemaOf(draw, 2));
}

/** A type in a union with others; a union stays what it is. */
function wrapped(json: Json, draw: Draw): Json {
  if (Array.isArray(json)) return json;
  return draw.once(2) ? ["null", json] : draw.once(2) ? [json, "null"] : [json, { type: "array", items: "int" }];
}

function editUnion(draw: Draw, branches: Json[]): void {
  const index = draw.below(branches.length + 1);
  switch (draw.below(3)) {
    case 0:
      branches.splice(index, 1);
      break;
    case 1:
      branches.splice(index, 0, schemaOf(draw, 1));
      break;
    default:
      branches.reverse();
  }
}

function editRecord(draw: Draw, json: JsonObject, fields: Json[], root: object): void {
  const index = draw.below(fields.length + 1);
  switch (draw.below(6)) {
    case 0:
      fields.splice(index, 1);
      break;
    case 1:
      fields.splice(index, 0, added(draw));
      break;
    case 2:
      fields.reverse();
      break;
    case 3:
      json.doc = "A record.";
      break;
    default:
      rename(draw, json, root);
  }
}

function added(draw: Draw): JsonObject {
  const name = `g${draw.below(3)}`;
  switch (draw.below(5)) {
    case 0:
      return { name, type: "int" };
    case 1:
      return { name, type: ["null", "string"], default: null };
    case 2:
      return { name, type: { type: "enum", name: `G${draw.below(9)}`, symbols: ["X", "Y"], default: "Y" } };
    case 3:
      return { name, type: schemaOf(draw, 1), aliases: [draw.one(["f0", "f1", "f2"])] };
    default:
      return { name, type: "double", default: 1 };
  }
}

function editFixed(draw: Draw, json: JsonObject, root: object): void {
  if (draw.once(2)) rename(draw, json, root);
  else json.size = draw.below(4);
}

function editEnum(draw: Draw, json: JsonObject, symbols: Json[], root: object): void {
  switch (draw.below(5)) {
    case 0:
      symbols.splice(draw.below(symbols.length), 1);
      break;
    case 1:
      symbols.push(draw.one(["Z", "Y", "a", "_"]));
      break;
    case 2:
      symbols.reverse();
      break;
    case 3:
      if (typeof symbols[0] === "string") json.default = symbols[0];
      break;
    default:
      rename(draw, json, root);
  }
}

/** Another name or namespace, here and where it is used, with or without an alias. */
function rename(draw: Draw, json: JsonObject, root: object): void {
  const { name, namespace } = json;
  if (typeof name !== "string") return;
  const full = typeof namespace === "string" && namespace !== "" && !name.includes(".") ? `${namespace}.${name}` : name;
  if (draw.once(3)) json.namespace = draw.one(["n", "n.m", "", "other"]);
  else if (draw.below(5) > 0) replace(root, name, `${draw.once(3) ? "n." : ""}R${draw.below(30)}`);
  if (draw.once(2)) json.aliases = [draw.one([full, name, `.${name}`, `n.${name}`, "Q"])];
}

/** A name wherever it stands. */
function replace(json: object, from: string, to: string): void {
  for (const [key, value] of Object.entries(json)) {
    if (value === from) Reflect.set(json, key, to);
    else if (typeof value === "object" && value !== null) replace(value, from, to);
  }
}

function editField(draw: Draw, field: JsonObject): void {
  const { name } = field;
  switch (draw.below(6)) {
    case 0:
      delete field.default;
      break;
    case 1:
      field.name = `h${draw.below(4)}`;
      break;
    case 2:
      field.name = `h${draw.below(4)}`;
      if (name !== undefined) field.aliases = [name];
      break;
    case 3:
      field.aliases = [draw.one(["f0", "f1", "f2", "g0"])];
      break;
    case 4:
      field.order = draw.one(["ascending", "descending", "ignore"]);
      break;
    default:
      field.doc = "A field.";
  }
}

const BAD: readonly [Json, ...Json[]] = [
  null,
  1,
  -1,
  1.5,
  true,
  "",
  "1a",
  "a-b",
  "ü",
  "a..b",
  ".a",
  "a.",
  [],
  {},
  "A",
  "\ud83d\ude00",
];

/** Something that may be wrong, and often is. */
function ruin(draw: Draw, place: Place): void {
  const json = at(place);
  if (!isObject(json)) {
    put(place, draw.one<Json>([...BAD, { type: "Unknown" }, { type: { type: "int" } }, [[]]]));
    return;
  }
  const keys = [...Object.keys(json), "namespace", "aliases", "default", "order", "doc"];
  const key = keys[draw.below(keys.length)] ?? "type";
  const value = draw.one([...BAD, ["a-b"], ["ok.a-b", "x"], ["x", "x"], "NaN", " 1.5 ", 3_000_000_000, 1e20]);
  if (draw.once(6)) delete json[key];
  else json[key] = value;
}
