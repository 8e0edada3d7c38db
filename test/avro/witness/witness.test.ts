import { describe, expect, test } from "bun:test";
import type { Type } from "avsc";
import { breaksWithin } from "../../../src/avro/compat/index.ts";
import {
  checkCompatibility,
  createCodec,
  createDecoder,
  createProofs,
  createWitnesses,
  type Incompatibility,
  type Node,
  parseSchemaText,
  Unreadable,
  witnessOf,
} from "../../../src/avro/index.ts";
import { partsOf } from "../../../src/avro/schema.ts";
import { thrownBy } from "../support.ts";
import { avscType, generated, type Judged, judged, recorded } from "./judged.ts";

/**
 * A break that nobody can reproduce is believed by nobody. A witness is a record that can be stored today, and cannot be
 * read tomorrow; where there is none although data can break, the gate would seem to cry wolf.
 */
const record = (name: string, ...fields: object[]) => ({ type: "record", name, fields });
const field = (name: string, type: unknown) => ({ name, type });
const ofPair = (reader: unknown, writer: unknown) => {
  const [r, w] = [parseSchemaText(JSON.stringify(reader)), parseSchemaText(JSON.stringify(writer))];
  return checkCompatibility(r, w).map((one) => ({ one, witness: witnessOf(r, w, one) }));
};
const jsons = (reader: unknown, writer: unknown) => ofPair(reader, writer).map(({ witness }) => witness?.json);

const level = (...symbols: string[]) => ({ type: "enum", name: "Level", symbols });
const list = (inner: unknown) => ({ type: "array", items: inner });
const map = (inner: unknown) => ({ type: "map", values: inner });

describe("the witness", () => {
  test.each([
    ["a type that changed", "int", "string", ""],
    ["the symbol that is missing", level("A", "C"), level("A", "B", "C"), "B"],
    ["the branch that is missing", ["null", "int"], ["null", "int", "string"], ""],
    ["an item, where what breaks is inside", list("int"), list("string"), [""]],
    ["an entry, where what breaks is inside", map("int"), map("string"), { "": "" }],
    ["nothing, for a field that was never sent", record("R", field("a", "int")), record("R"), {}],
    ["a value of the branch that breaks", list(["null", level("A")]), list(["null", level("A", "B")]), ["B"]],
    ["null, where that is what may no longer be", "string", ["null", "string"], null],
  ])("holds %s", (_what, reader, writer, json) => {
    expect(jsons(reader, writer)).toEqual([json]);
  });

  test("holds the least elsewhere, in words that people know", () => {
    const sent = [
      field("when", { type: "long", logicalType: "timestamp-millis" }),
      field("day", { type: "int", logicalType: "date" }),
      field("price", { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }),
      field("id", { type: "string", logicalType: "uuid" }),
      field("kind", ["string", "null"]),
      field("tags", list("string")),
      field("either", ["int", "string"]),
      field("two", ["int", "long"]),
      field("hash", { type: "fixed", name: "Hash", size: 2 }),
    ];
    const [first] = jsons(record("R", field("x", "int")), record("R", ...sent));
    expect(first).toEqual({
      when: "1970-01-01T00:00:00Z",
      day: "1970-01-01",
      price: "0",
      id: "00000000-0000-0000-0000-000000000000",
      kind: null,
      tags: [],
      either: 0,
      two: { int: 0 },
      hash: "AAA=",
    });
  });

  test("ends a recursion as soon as it can", () => {
    const tree = (type: string) =>
      record("Node", field("left", ["null", "Node"]), field("right", list("Node")), field("v", type));
    expect(jsons(tree("int"), tree("string"))).toEqual([{ left: null, right: [], v: "" }]);
  });

  test("goes into the branch of the reader's union that comes nearest, to what it lacks", () => {
    const order = (...symbols: string[]) => record("n.Order", field("items", list(level(...symbols))));
    expect(jsons(["null", order("A")], ["null", order("A", "B")])).toEqual([{ items: ["B"] }]);
  });

  test("tells its bytes, and what the reader throws", () => {
    const [found] = ofPair(record("R", field("l", level("A"))), record("R", field("l", level("A", "B"))));
    expect(found?.witness?.bytes).toEqual(Buffer.of(2));
    expect(found?.witness?.error).toBe(
      "the reader schema cannot read the writer's: /l: enum Level lacks B, and has no default",
    );
  });

  test("tells of many reasons its own", () => {
    const both = (type: string, ...symbols: string[]) =>
      record("R", field("a", list(type)), field("l", ["null", level(...symbols)]));
    const errors = ofPair(both("int", "A"), both("string", "A", "B")).map(({ witness }) => witness?.error);
    const begin = "the reader schema cannot read the writer's: ";
    expect(errors).toEqual([
      `${begin}/a/[]: string cannot be read as int`,
      `${begin}/l: enum Level lacks B, and has no default`,
    ]);
  });

  test("has a field called `__proto__` where the writer has one", () => {
    const [found] = ofPair("int", record("R", field("__proto__", "string")));
    expect(Object.keys(found?.witness?.json ?? {})).toEqual(["__proto__"]);
    expect(found?.witness?.bytes).toEqual(Buffer.of(0));
  });
});

/** Why nothing proves each break of a reader and a writer. */
function reasons(reader: unknown, writer: unknown) {
  const [r, w] = [parseSchemaText(JSON.stringify(reader)), parseSchemaText(JSON.stringify(writer))];
  const prove = createProofs(r, w);
  return checkCompatibility(r, w).map((one) => {
    const found = prove(one);
    return "noRecord" in found ? found.noRecord : undefined;
  });
}

describe("why there is none is said", () => {
  test.each<[string, unknown, unknown, string]>([
    ["endless, alone", "int", record("R", field("r", "R")), "no value of `R` ever ends, so nobody can write one"],
    [
      "endless, in another field",
      record("A", field("a", "int")),
      record("A", field("a", "string"), field("b", record("R", field("r", "R")))),
      "no value of `R` ever ends, so nobody can write one",
    ],
    [
      "endless, in a list inside the branch",
      ["null", list("int")],
      ["null", list(record("R", field("r", "R")))],
      "no value of `R` ever ends, so nobody can write one",
    ],
    ["of an enum without symbols", "int", level(), "`Level` has no symbols, so there is no value of it"],
    [
      "read all the same",
      { type: "fixed", name: "n.New", size: 1, aliases: [".Old"] },
      { type: "fixed", name: "Old", size: 1 },
      "Apache Avro refuses these schemas, but Sluice reads such data all the same",
    ],
  ])("%s", (_, reader, writer, reason) => {
    expect(reasons(reader, writer)).toEqual([reason]);
  });
});

describe("there is no witness", () => {
  test("where in JSON nobody can say which branch is meant: a wrapper might be a map", () => {
    const branches = (size: number) => [
      { type: "bytes", logicalType: "decimal", precision: 9 },
      map(["string"]),
      { type: "fixed", name: "F", size },
    ];
    expect(jsons(branches(3), branches(2))).toEqual([undefined]);
    expect(reasons(branches(3), branches(2))).toEqual([expect.stringContaining("JSON cannot say which branch")]);
  });

  test("where the writer's type never ends", () => {
    expect(jsons("int", record("R", field("r", "R")))).toEqual([undefined]);
    expect(jsons("int", [record("R", field("r", "R")), "string"])).toEqual([undefined, ""]);
  });

  test("where the least record has more than a hundred thousand parts, which costs nothing to find out", () => {
    const doubling = Array.from({ length: 60 }, (_, at) =>
      record(`T${at}`, field("a", at === 0 ? "null" : `T${at - 1}`), field("b", at === 0 ? "null" : `T${at - 1}`)),
    );
    const [first, ...others] = jsons("int", doubling);
    expect(first).toEqual({ T0: { a: null, b: null } });
    expect(others.slice(0, 10)).not.toContain(undefined);
    expect(others.slice(20)).toEqual(Array.from({ length: 39 }, () => undefined));
  });

  test("where only Avro Java finds no alias in the null namespace", () => {
    const fixed = (name: string, ...aliases: string[]) => ({ type: "fixed", name, size: 1, aliases });
    expect(jsons(fixed("n.New", ".Old"), fixed("Old"))).toEqual([undefined]);
  });

  test("where Avro Java gives up on one branch, and another reads the data", () => {
    const writer = record("R", field("a", "int"), field("b", "int"));
    const ambiguous = record("n.R", { ...field("a", "int"), aliases: ["b"] });
    expect(jsons([ambiguous, record("R")], writer)).toEqual([undefined]);
  });
});

const all = judged([...(await recorded()), ...generated(3_000)]).filter(({ found }) => found.length > 0);
const witnessed = all.flatMap((pair) => {
  const witnesses = createWitnesses(pair.reader, pair.writer);
  return pair.found.map((one) => ({ ...pair, one, witness: witnesses(one) }));
});

test(`each break of ${all.length} pairs has a witness, but for what nobody can write and what is read all the same`, () => {
  const without = witnessed.filter(({ witness }) => witness === undefined);
  const unexplained = without.filter((break_) => !isUnwritable(break_) && !isRead(break_));
  // A wrapper that might be a map is rare, and told as such.
  expect(
    unexplained.filter(({ reader, writer, one }) => !isAmbiguous(createProofs(reader, writer)(one))).map(shown),
  ).toEqual([]);
  expect(unexplained.length).toBeLessThan(5);
  // The generated schemas hold many records that hold themselves.
  expect(without.length).toBeLessThan(witnessed.length / 5);
});

test("the writer's codec takes each witness, and gives its bytes", () => {
  for (const { witness, writer } of witnessed) {
    if (witness !== undefined) expect(createCodec(writer).encode(witness.json)).toEqual(witness.bytes);
  }
});

test("our reader throws for each witness what the witness tells", () => {
  for (const { witness, writer, reader } of witnessed) {
    if (witness === undefined) continue;
    const error = thrownBy(() => createDecoder(writer, reader)(witness.bytes));
    if (!(error instanceof Unreadable)) expect(error).toMatchObject({ message: witness.error });
    // Each reason that the witness tells is one of those that are thrown.
    else expect(withoutReasons(witness.error, error.reasons)).toBe("the reader schema cannot read the writer's: ");
  }
});

test("avsc refuses each witness, but for names that Avro Java alone does not find", () => {
  let refused = 0;
  let untold = 0;
  const read: typeof witnessed = [];
  for (const break_ of witnessed) {
    const { witness, texts } = break_;
    if (witness === undefined) continue;
    const [reader, writer] = [avscType(texts.reader), avscType(texts.writer)];
    if (reader === undefined || writer === undefined) untold++;
    else if (isReadByAvsc(reader, writer, witness.bytes)) read.push(break_);
    else refused++;
  }
  expect(read.filter(({ reader, writer }) => !hasAliases(reader.root) && !hasAliases(writer.root)).map(shown)).toEqual(
    [],
  );
  expect(read.length).toBeLessThan(refused / 100);
  // What avsc cannot parse: defaults of later branches, names used before their definition, empty unions.
  expect(untold).toBeLessThan(refused / 5);
});

/** What is left of a message once every reason is taken out of it. */
function withoutReasons(message: string, reasons: readonly string[]): string {
  const longestFirst = reasons.toSorted((one, other) => other.length - one.length);
  return longestFirst.reduce((left, reason) => left.replace(reason, ""), message).replaceAll("; ", "");
}

function isReadByAvsc(reader: Type, writer: Type, bytes: Buffer): boolean {
  try {
    reader.fromBuffer(bytes, reader.createResolver(writer));
    return true;
  } catch {
    return false; // It throws errors of no class of its own.
  }
}

type Break = Judged & { readonly one: Incompatibility };

const shown = ({ texts, one: { type, location } }: Break) => ({ ...texts, type, location });

/** Our decoder resolves what the checker, as Avro Java, gives up on: the whole of it, as far as that goes. */
function isRead({ reader, writer, found }: Break): boolean {
  const excused = found.some(({ type }) => type === "CHECK_FAILED") || hasAliases(reader.root);
  return excused && !isUnreadable(reader, writer);
}

function isUnreadable(reader: Judged["reader"], writer: Judged["writer"]): boolean {
  try {
    createDecoder(writer, reader);
    return false;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return true;
  }
}

const isAmbiguous = (proof: ReturnType<ReturnType<typeof createProofs>>): boolean =>
  "noRecord" in proof && proof.noRecord.includes("JSON cannot say which branch");

/** No value of the writer's can hold what breaks: on the way there, or there, is a type without values. */
function isUnwritable({ writer, one }: Break): boolean {
  return leadsNowhere(writer.root, one);
}

function leadsNowhere(root: Node, one: Incompatibility): boolean {
  const { node, blocked } = walk(root, one.writerPath);
  if (blocked || node === undefined) return true;
  const inside = one.type === "MISSING_UNION_BRANCH" ? breaksWithin(one.readerNode, node) : [];
  return inside.length > 0 ? inside.every((inner) => leadsNowhere(node, inner)) : !hasValue(node);
}

function walk(root: Node, path: readonly string[]): { node: Node | undefined; blocked: boolean } {
  let node: Node | undefined = root;
  let blocked = false;
  const keys = [...path];
  for (let key = keys.shift(); key !== undefined && node !== undefined; key = keys.shift()) {
    if (node.type === "record") {
      const index = Number(keys.shift());
      keys.shift();
      blocked ||= node.fields.some(({ type }, other) => other !== index && !hasValue(type));
      node = node.fields[index]?.type;
    } else {
      const parts: readonly Node[] = partsOf(node);
      node = node.type === "union" ? parts[Number(key)] : parts[0];
    }
  }
  return { node, blocked };
}

/** Whether a type has a value that ends, looked for the slow way. */
function hasValue(node: Node, around: readonly Node[] = []): boolean {
  if (around.includes(node)) return false;
  const inside = [...around, node];
  if (node.type === "record") return node.fields.every(({ type }) => hasValue(type, inside));
  if (node.type === "union") return node.branches.some((branch) => hasValue(branch, inside));
  return node.type !== "enum" || node.symbols.length > 0;
}

function hasAliases(root: Node, seen = new Set<Node>()): boolean {
  if (seen.has(root)) return false;
  seen.add(root);
  return ("aliases" in root && root.aliases.length > 0) || partsOf(root).some((part) => hasAliases(part, seen));
}
