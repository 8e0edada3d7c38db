import {
  checkCompatibility,
  type Incompatibility,
  type NamedNode,
  type Node,
  namedTypes,
  parseSchema,
  type Schema,
  SchemaError,
} from "../../avro/index.ts";
import { namesOf } from "../../catalog/index.ts";
import type { Direction, Edit } from "../model.ts";
import { applyEdits } from "./apply.ts";
import { type Problem, sidesOf } from "./problem.ts";

/** Texts tried out for one check, in characters: beyond this, fixes take longer than anybody waits. */
const TRIED_LENGTH_MAX = 3_000_000;
/** What comparing with a field or a symbol of the older schema costs, in characters of the newer. */
const MEMBER_LENGTH = 30;

/** Tries fixes out. What it needs to know of the schemas as they are is found out once. */
export function createTrial(): (problem: Problem, edits: readonly Edit[], mended?: number) => boolean {
  const grounds = new Map<string, Ground[]>();
  let left = TRIED_LENGTH_MAX;

  function groundOf(problem: Problem, file: string): Ground | undefined {
    const known = grounds.get(file)?.find((one) => one.newer === problem.newer && one.older === problem.older);
    if (known !== undefined) return known;
    const text = problem.places.text(file);
    const pair = text === undefined ? undefined : pairIn(problem, file, text);
    if (text === undefined || pair === undefined) return undefined;
    const ground: Ground = {
      newer: problem.newer,
      older: problem.older,
      pair,
      text,
      cost: text.length + MEMBER_LENGTH * membersOf(pair.older),
      externals: externals(pair.newer, problem.shared ?? [], text),
      findings: lazyFindings(pair),
    };
    grounds.set(file, [...(grounds.get(file) ?? []), ground]);
    return ground;
  }

  /**
   * Whether the edits mend the problem: with them the file is JSON and a schema, the finding is gone, and there is none
   * that was not there before, in either direction. Edits for several problems mend that many.
   */
  return (problem, edits, mended = 1) => {
    const [file, other] = [...new Set(edits.map((edit) => edit.file))];
    // A fix in two files at once would have to be tried out with both.
    if (file === undefined || other !== undefined) return false;
    const ground = groundOf(problem, file);
    if (ground === undefined || left < ground.cost) return false;
    left -= ground.cost;
    const edited = parsed(applyEdits(ground.text, edits), ground.externals);
    if (edited === undefined) return false;
    const pair = { ...ground.pair, newer: edited };
    const { direction } = problem;
    const found = findings(pair, direction);
    // Nothing is left of all that was there: what that was need not be known.
    if (found.length > 0) {
      const there = ground.findings(direction);
      if (found.length > there.length - mended || !isWithin(found, there)) return false;
    }
    const back = direction === "BACKWARD" ? "FORWARD" : "BACKWARD";
    const behind = findings(pair, back);
    if (behind.length > 0 && !isWithin(behind, ground.findings(back))) return false;
    return holdsElsewhere(problem, { file, edited, mended });
  };

  /** Where the budget is over it is not known, and what is not known is not offered. */
  function holdsElsewhere(problem: Problem, tried: { file: string; edited: Node; mended: number }): boolean {
    const { file, edited, mended } = tried;
    for (const { older: schemaOfOlder, direction, isSame } of problem.compared ?? []) {
      const older = schemaOfOlder();
      if (older === undefined || (older === problem.older && direction === problem.direction)) continue;
      const ground = groundOf({ ...problem, older }, file);
      if (ground === undefined || left < ground.cost) return false;
      left -= ground.cost;
      const found = findings({ ...ground.pair, newer: edited }, direction);
      if (found.length === 0) continue;
      const there = ground.findings(direction);
      const most = there.length - (isSame(older) && direction === problem.direction ? mended : 0);
      if (found.length > most || !isWithin(found, there)) return false;
    }
    return true;
  }
}

interface Pair {
  readonly newer: Node;
  readonly older: Node;
}

/** What is known of two schemas, as far as they stand in one file. */
interface Ground {
  readonly newer: Schema;
  readonly older: Schema;
  readonly pair: Pair;
  readonly text: string;
  /** Of one trial, in characters. */
  readonly cost: number;
  readonly externals: readonly Schema[];
  readonly findings: (direction: Direction) => readonly Incompatibility[];
}

/** The types that stand in a file: the whole, or, for a file of shared types, the one that is defined in it. */
function pairIn(problem: Problem, file: string, text: string): Pair | undefined {
  if (file === problem.file) return { newer: problem.newer.root, older: problem.older.root };
  const [outermost] = namesOf(jsonOf(text)).defined;
  const newer = namedTypes(problem.newer.root).get(outermost?.name ?? "");
  if (newer === undefined) return undefined;
  const older = namedTypes(problem.older.root).get(newer.name);
  if (older !== undefined) return { newer, older };
  // It has another name now, which may be the problem.
  const sides = sidesOf(problem);
  return sides.newerNode === newer ? { newer, older: sides.olderNode } : undefined;
}

/** What the file may refer to: the types that the schema has from elsewhere, and all that are shared. */
function externals(newer: Node, shared: readonly Schema[], text: string): readonly Schema[] {
  const own = new Set(namesOf(jsonOf(text)).defined.map(({ name }) => name));
  const known = new Map<string, NamedNode>();
  const roots = [newer, ...shared.map(({ root }) => root)].map((root) => namedTypes(root));
  for (const [name, node] of roots.flatMap((types) => [...types])) {
    if (own.has(name) || known.has(name)) continue;
    // What leads back into this file would bring its types along, as they were.
    if (![...namedTypes(node).keys()].some((inner) => own.has(inner))) known.set(name, node);
  }
  return [...known.values()].map(schemaOf);
}

function parsed(text: string, named: readonly Schema[]): Node | undefined {
  try {
    return parseSchema(JSON.parse(text), named).root;
  } catch (error) {
    if (error instanceof SchemaError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // It has problems of its own, and nothing is mended in it.
  }
}

function membersOf(root: Node): number {
  const types = [...namedTypes(root).values()];
  return types.reduce(
    (sum, type) => sum + ("fields" in type ? type.fields : "symbols" in type ? type.symbols : []).length,
    0,
  );
}

/** A checker asks for nothing but the types. */
export const schemaOf = (root: Node): Schema => ({ json: null, name: undefined, fingerprint: "", root });

function findings({ newer, older }: Pair, direction: Direction): readonly Incompatibility[] {
  const [reader, writer] = direction === "BACKWARD" ? [newer, older] : [older, newer];
  return checkCompatibility(schemaOf(reader), schemaOf(writer));
}

function lazyFindings(pair: Pair): Ground["findings"] {
  const known = new Map<Direction, readonly Incompatibility[]>();
  return (direction) => {
    const there = known.get(direction) ?? findings(pair, direction);
    known.set(direction, there);
    return there;
  };
}

/** Whether each of them is among the others, as often. Places move with the edits; what is said does not. */
function isWithin(some: readonly Incompatibility[], others: readonly Incompatibility[]): boolean {
  const left = new Map<string, number>();
  // Where the checker gives up it shows the whole schema.
  const key = ({ type, message }: Incompatibility) => (type === "CHECK_FAILED" ? type : `${type} ${message}`);
  for (const one of others) left.set(key(one), (left.get(key(one)) ?? 0) + 1);
  return some.every((one) => {
    const count = left.get(key(one)) ?? 0;
    left.set(key(one), count - 1);
    return count > 0;
  });
}
