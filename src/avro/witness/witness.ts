import { type Checks, createChecks } from "../check.ts";
import { Collector } from "../collector.ts";
import { breaksWithin, type Incompatibility, isTooMuch } from "../compat/index.ts";
import { written } from "../defaults.ts";
import { DecodeError, Unreadable } from "../errors.ts";
import { Refusal } from "../leaf.ts";
import { createDecoder } from "../resolve.ts";
import { branchName, type Json, type Node, type Schema, type UnionNode } from "../schema.ts";
import { nodeAt } from "../steps.ts";
import { createWriters, MISMATCH, type Write } from "../write.ts";
import { whyNone } from "./endless.ts";
import { createMessages } from "./reasons.ts";
import { createSmallest, objectOf, type Smallest, WITNESS_SIZE_MAX } from "./smallest.ts";

/** A record that proves a break. */
export interface BreakingRecord {
  /** As JSON that the writer's codec encodes to `bytes`. */
  readonly json: Json;
  /** Avro binary, without a frame. */
  readonly bytes: Buffer;
  /**
   * What is thrown when it is read with the reader's schema: the message of the DecodeError, or of the Unreadable with
   * those of its reasons that are about this incompatibility.
   */
  readonly error: string;
}

/** Finds the record for one incompatibility of the two schemas. */
export type Witnesses = (incompatibility: Incompatibility) => BreakingRecord | undefined;

/** The same; where there is none, it says why. */
export type Proofs = (incompatibility: Incompatibility) => BreakingRecord | NoRecord;

/** Why nothing proves a break: a clause, `no value of \`Node\` ever ends, so nobody can write one`. */
export interface NoRecord {
  readonly noRecord: string;
}

/** As a check that gave up on schemas that Avro Java refuses, or an alias that it alone does not find. */
const READ_ALL_THE_SAME = "Apache Avro refuses these schemas, but Sluice reads such data all the same";

/** How many unions in unions are looked into for what is at fault. */
const INSIDE_MAX = 20;

/**
 * The smallest record, valid under the writer's schema, that proves an incompatibility `checkCompatibility(reader,
 * writer)` found: it holds the branch, the symbol or the item that cannot be read, and elsewhere the least there can be.
 *
 * Undefined where no such record is:
 * - the writer's type never ends, as a record does that holds itself, so nobody can write it;
 * - it is nested deeper than a codec lets values be, or larger than `WITNESS_SIZE_MAX`;
 * - the check gave up, as Avro Java does, and the data can be read all the same: because another branch of a union reads
 *   it, or because only Avro Java finds no alias in the null namespace.
 */
export function witnessOf(
  reader: Schema,
  writer: Schema,
  incompatibility: Incompatibility,
): BreakingRecord | undefined {
  return createWitnesses(reader, writer)(incompatibility);
}

/** How many bytes and values the witnesses of two schemas may have together: a thousand breaks need no thousand proofs. */
export const WITNESSES_SIZE_MAX = 1_000_000;

/**
 * As `witnessOf`, for several incompatibilities of the same two schemas: what they share is worked out once. Once there
 * are witnesses of `WITNESSES_SIZE_MAX` in all, there are no more.
 */
export function createWitnesses(reader: Schema, writer: Schema): Witnesses {
  const prove = createProofs(reader, writer);
  return (incompatibility) => {
    const found = prove(incompatibility);
    return "noRecord" in found ? undefined : found;
  };
}

/** As `createWitnesses`, with the reason where there is no record. */
export function createProofs(reader: Schema, writer: Schema): Proofs {
  const checks = createChecks();
  const inBranch = createInBranch(checks);
  const smallest = createSmallest(writer.root, inBranch);
  const messageOf = createMessages(reader.root);
  let size = 0;
  let write: Write | undefined;
  let read: ReturnType<typeof readingOf> | undefined;

  return (incompatibility) => {
    if (isTooMuch(incompatibility)) return { noRecord: "the comparison came to no end" };
    if (size > WITNESSES_SIZE_MAX) return { noRecord: "the records of other breaks are large enough together" };
    const json = jsonOf(incompatibility, { root: writer.root, smallest, inBranch });
    if (json === undefined) return { noRecord: whyNone(writer.root, pathsOf(writer.root, incompatibility)) };
    write ??= createWriters(checks)(writer.root);
    const bytes = encoded(write, json);
    if (bytes === undefined) return { noRecord: "a record that shows it would be nested too deep to be written" };
    size += bytes.length + Math.min(smallest.sizeOf(writer.root), WITNESS_SIZE_MAX);
    read ??= readingOf(writer, reader);
    const error = read(bytes);
    return error === undefined
      ? { noRecord: READ_ALL_THE_SAME }
      : { json, bytes, error: messageOf(error, incompatibility) };
  };
}

interface Building {
  readonly root: Node;
  readonly smallest: Smallest;
  readonly inBranch: (union: UnionNode, index: number, value: Json) => Json | undefined;
}

/** The record, by the way that leads to what is at fault. */
function jsonOf(incompatibility: Incompatibility, building: Building): Json | undefined {
  return along(building.root, incompatibility.writerPath, building, (node) =>
    broken(node, incompatibility, building, 0),
  );
}

/** A value of the type that holds, at the end of the path, what `end` makes; elsewhere the least there can be. */
function along(
  root: Node,
  path: readonly string[],
  { smallest, inBranch }: Building,
  end: (node: Node) => Json | undefined,
): Json | undefined {
  return at(root, 0);

  function at(node: Node, from: number): Json | undefined {
    if (from >= path.length) return end(node);
    const index = Number(path[node.type === "record" ? from + 1 : from]);
    switch (node.type) {
      case "array": {
        const item = at(node.items, from + 1);
        return item === undefined ? undefined : [item];
      }
      case "map": {
        const value = at(node.values, from + 1);
        return value === undefined ? undefined : { "": value };
      }
      case "union": {
        const branch = node.branches[index];
        const value = branch && at(branch, from + 1);
        return value === undefined ? undefined : inBranch(node, index, value);
      }
      case "record": {
        const others = node.fields.every(({ type }, other) => other === index || smallest.of(type) !== undefined);
        const field = node.fields[index];
        // The others first: where one never ends, neither does the record.
        const value = others && field !== undefined ? at(field.type, from + 3) : undefined;
        if (value === undefined) return undefined;
        return objectOf(
          node.fields.map(({ name, type }, other) => [name, other === index ? value : smallest.of(type)] as const),
        );
      }
      default:
        return undefined;
    }
  }
}

/** The least value of the type that shows what is at fault with it. */
function broken(node: Node, incompatibility: Incompatibility, building: Building, depth: number): Json | undefined {
  const { type, readerNode } = incompatibility;
  if (type === "MISSING_ENUM_SYMBOLS" && node.type === "enum" && readerNode.type === "enum") {
    const known = new Set(readerNode.symbols);
    return node.symbols.find((symbol) => !known.has(symbol));
  }
  if (type === "MISSING_UNION_BRANCH" && depth < INSIDE_MAX) {
    // A branch that is of the kind is taken, and fails at what it lacks.
    const inside = breaksWithin(readerNode, node);
    for (const one of inside) {
      const json = along(node, one.writerPath, building, (inner) => broken(inner, one, building, depth + 1));
      if (json !== undefined) return json;
    }
    if (inside.length > 0) return undefined;
  }
  return building.smallest.of(node);
}

/** The ways to what is at fault: to the type, and on to what the branch that is of its kind lacks. */
function pathsOf(
  root: Node,
  { type, writerPath, readerNode }: Incompatibility,
  depth = 0,
): readonly (readonly string[])[] {
  const node = nodeAt(root, writerPath);
  const inside = type === "MISSING_UNION_BRANCH" && depth < INSIDE_MAX ? breaksWithin(readerNode, node) : [];
  if (inside.length === 0) return [writerPath];
  return inside.flatMap((one) => pathsOf(node, one, depth + 1).map((path) => [...writerPath, ...path]));
}

/** Wraps a value into the name of its branch, where it would not be clear without it. */
function createInBranch(checks: Checks): Building["inBranch"] {
  return (union, index, value) => {
    const branch = union.branches[index];
    if (branch === undefined) return undefined;
    if (branch.type === "null") return null;
    const wrapped = { [branchName(branch)]: value };
    const choose = checks.choose(union);
    return (union.wrapped ? [wrapped] : [value, wrapped]).find((form) => {
      const choice = choose(form, new Collector());
      return !(choice instanceof Refusal) && choice.index === index;
    });
  };
}

/** The bytes; undefined for what is nested too deep for a codec. */
function encoded(write: Write, json: Json): Buffer | undefined {
  try {
    return written((cursor) => write(cursor, json));
  } catch (error) {
    if (error === MISMATCH || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads as a consumer would, and answers what is thrown; undefined where nothing is wrong. */
function readingOf(writer: Schema, reader: Schema): (bytes: Buffer) => Unreadable | DecodeError | undefined {
  const decode = attempt(() => createDecoder(writer, reader));
  // Types that meet in too many pairs: no consumer reads that, and nothing says why.
  if (decode instanceof RangeError) return () => undefined;
  if (decode instanceof Error) return () => decode;
  return (bytes) => {
    const result = attempt(() => ({ value: decode(bytes) }));
    return result instanceof DecodeError ? result : undefined;
  };
}

function attempt<T>(action: () => T): T | Unreadable | DecodeError | RangeError {
  try {
    return action();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof DecodeError || error instanceof RangeError) return error;
    throw error;
  }
}
