import { bytesMin } from "./bytes-min.ts";
import type { Choose } from "./choice.ts";
import { type Check, Collector } from "./collector.ts";
import { EMPTY_ITEMS_MAX } from "./cursor.ts";
import { InvalidValue } from "./errors.ts";
import { lookOf, MISFIT, Refusal } from "./leaf.ts";
import { leafOf } from "./leaf-of.ts";
import { nearest } from "./nearest.ts";
import type { ArrayNode, MapNode, Node, RecordNode, UnionNode } from "./schema.ts";
import { shortened } from "./shown.ts";
import { compileChoose, expectedOf } from "./union.ts";

/** A check per type, and how it is called in messages; compiled once for a schema. */
export interface Checks {
  check(node: Node): Check;
  choose(node: UnionNode): Choose;
}

/** The error that lists all that is wrong with a value. */
export function invalidValue(check: Check, value: unknown): InvalidValue {
  const collector = new Collector();
  check(value, collector);
  // The writer stopped at this value: that the check then passes it can only be a defect of ours.
  if (collector.problems.length === 0) throw new Error("the check passes a value that the writer refuses");
  return new InvalidValue(collector.problems, collector.full);
}

/** How many problems a value has. */
export function problemsOf(check: Check, value: unknown): number {
  const collector = new Collector();
  check(value, collector);
  return collector.count;
}

/** Compiles the checks of a schema's types, each when it is first asked for. */
export function createChecks(): Checks {
  const checks = new Map<Node, Check>();
  const chooses = new Map<UnionNode, Choose>();
  const self: Checks = { check, choose };
  return self;

  function check(node: Node): Check {
    const known = checks.get(node);
    if (known !== undefined) return known;
    // A recursive type meets itself while it is compiled: it then calls what will be there when values come.
    checks.set(node, (value, problems) => check(node)(value, problems));
    const compiled = compile(node, self);
    checks.set(node, compiled);
    return compiled;
  }

  function choose(node: UnionNode): Choose {
    const known = chooses.get(node) ?? compileChoose(node, node.branches.map(check));
    chooses.set(node, known);
    return known;
  }
}

function compile(node: Node, checks: Checks): Check {
  switch (node.type) {
    case "array":
      return ofArray(node, checks);
    case "map":
      return ofMap(node, checks);
    case "union":
      return ofUnion(node, checks);
    case "record":
      return ofRecord(node, checks);
    default: {
      const leaf = leafOf(node);
      return (value, problems) => {
        const wire = leaf.convert(value);
        if (wire instanceof Refusal) problems.refuse(leaf.expected, value, wire);
      };
    }
  }
}

/** What a type asks for, in words. */
function expected(node: Node): string {
  switch (node.type) {
    case "array":
      return "an array";
    case "map":
      return "an object (map)";
    case "record":
      return `an object (${node.name})`;
    case "union":
      return expectedOf(node, node.branches.map(expected));
    default:
      return leafOf(node).expected;
  }
}

function ofArray(node: ArrayNode, checks: Checks): Check {
  const item = checks.check(node.items);
  const empty = bytesMin(node.items) === 0;
  return (value, problems) => {
    if (!Array.isArray(value)) {
      problems.refuse("an array", value, MISFIT);
      return;
    }
    if (empty && value.length > EMPTY_ITEMS_MAX) {
      problems.add(`at most ${EMPTY_ITEMS_MAX} items`, value, `more than ${EMPTY_ITEMS_MAX} items that take no bytes`);
    }
    for (let index = 0; index < value.length && !problems.full; index++) problems.at(index, item, value[index]);
  };
}

function ofMap(node: MapNode, checks: Checks): Check {
  const each = checks.check(node.values);
  return (value, problems) => {
    if (!isPlain(value)) {
      problems.refuse("an object (map)", value, MISFIT);
      return;
    }
    for (const key of Object.keys(value)) {
      if (problems.full) return;
      if (!key.isWellFormed())
        problems.add("keys of Unicode text", key, "expected a key of Unicode text, found half a surrogate pair");
      problems.at(key, each, value[key]);
    }
  };
}

function ofUnion(node: UnionNode, checks: Checks): Check {
  const branches = node.branches.map(checks.check);
  const choose = checks.choose(node);
  return (value, problems) => {
    const choice = choose(value, problems);
    if (choice instanceof Refusal) {
      problems.refuse(expected(node), value, choice);
      return;
    }
    const branch = branches[choice.index];
    // `choose` gives indexes of branches only.
    if (branch === undefined || problems.counts(choice)) return;
    if (choice.wrapper === undefined) branch(choice.value, problems);
    else problems.at(choice.wrapper, branch, choice.value);
  };
}

function ofRecord(node: RecordNode, checks: Checks): Check {
  const fields = node.fields.map((field) => ({
    ...field,
    check: checks.check(field.type),
    expected: expected(field.type),
  }));
  const names = node.fields.map(({ name }) => name);
  const known = new Set(names);
  const own: Check = (value, problems) => {
    if (!isPlain(value)) {
      problems.refuse(expected(node), value, MISFIT);
      return;
    }
    for (const field of fields) {
      if (problems.full) return;
      const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
      if (given !== undefined) problems.at(field.name, field.check, given);
      else if (field.default === undefined) {
        problems.add(
          field.expected,
          undefined,
          `missing field \`${field.name}\`: expected ${field.expected}`,
          field.name,
        );
      }
    }
    for (const key of Object.keys(value)) {
      if (problems.full) return;
      if (!known.has(key)) problems.add("a declared field", value[key], unknownField(key, names), key);
    }
  };
  return node.recursive ? (value, problems) => problems.deeper(() => own(value, problems), value) : own;
}

function unknownField(key: string, names: readonly string[]): string {
  const meant = nearest(key, names);
  const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
  return `unknown field \`${shortened(key)}\`${hint}`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return lookOf(value) === "object";
}
