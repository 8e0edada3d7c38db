import type { Choice, Choose, Walk } from "./choice.ts";
import { type Check, Collector } from "./collector.ts";
import { type Look, lookOf, MISFIT, Refusal } from "./leaf.ts";
import { looksOf } from "./looks.ts";
import { simpleName } from "./names.ts";
import { branchName, type UnionNode } from "./schema.ts";

/**
 * Tells which branch of a union a value belongs to.
 *
 * A wrapped value (`{"string": "x"}`) says so itself. Any other goes to the branch that decodes to such a value, or
 * else to one that also takes it. Where several could be meant it must fit exactly one of them.
 */
export function compileChoose(node: UnionNode, checks: readonly Check[]): Choose {
  const names = wrapperNames(node);
  const byLook = candidatesByLook(node);

  return (value, walk) => {
    const look = lookOf(value);
    const candidates = (look === undefined ? undefined : byLook.get(look)) ?? NONE;
    const wrapped = look === "object" ? unwrap(value as object) : undefined; // `look` says it is one.
    const [only] = candidates;
    if (wrapped !== undefined) {
      if (node.wrapped || only === undefined) return wrapped;
    } else if (candidates.length < 2) {
      return only === undefined ? MISFIT : plain(only, value);
    }
    return remembered(value, walk, () => ofSeveral(candidates, wrapped, value, walk));
  };

  function remembered(value: unknown, { choices }: Walk, work: () => Choice | Refusal): Choice | Refusal {
    if (typeof value !== "object" || value === null) return work();
    const known = choices.get(node) ?? new Map<object, Choice | Refusal>();
    choices.set(node, known);
    const choice = known.get(value) ?? work();
    known.set(value, choice);
    return choice;
  }

  function unwrap(value: object): Choice | undefined {
    const [key, second] = Object.keys(value);
    const index = key === undefined || second !== undefined ? undefined : names.get(key);
    if (key === undefined || index === undefined) return undefined;
    // The key was just found in this object.
    return { index, value: (value as Record<string, unknown>)[key], wrapper: key, problems: undefined };
  }

  /** What fits decides; where nothing does, what fits best, so that its problems are told. */
  function ofSeveral(candidates: readonly number[], wrapped: Choice | undefined, value: unknown, walk: Walk) {
    const choices = candidates.map((index) => plain(index, value));
    if (wrapped !== undefined) choices.unshift(wrapped);
    const tried = choices.map((choice) => ({ ...choice, problems: problemsOf(choice, walk) }));
    const fitting = tried.filter(({ problems }) => problems === 0);
    if (fitting.length > 1) return ambiguous(fitting.map(({ index }) => index));
    // A key that names a branch is hardly there by chance.
    if (fitting.length === 0 && wrapped !== undefined) return { ...wrapped, problems: tried[0]?.problems };
    return tried.toSorted((a, b) => a.problems - b.problems)[0] ?? MISFIT;
  }

  function problemsOf({ index, value }: Choice, walk: Walk): number {
    const collector = new Collector(walk);
    checks[index]?.(value, collector);
    return collector.count;
  }

  function ambiguous(indexes: readonly number[]): Refusal {
    const forms = indexes.map((index) => `{"${names.nameOf(index)}": …}`);
    return new Refusal(`more than one branch of the union fits: say which, as ${forms.join(" or ")}`);
  }
}

/** What a union asks for, in words. */
export function expectedOf(node: UnionNode, branches: readonly string[]): string {
  return branches.length > 5 ? `one of ${node.branches.map(branchName).join(", ")}` : branches.join(", or ");
}

const NONE: readonly number[] = [];

function plain(index: number, value: unknown): Choice {
  return { index, value, wrapper: undefined, problems: undefined };
}

/** What wrappers call the branches: full names, and simple names that mean one branch only. */
export function wrapperNames({ branches }: UnionNode) {
  const full = branches.map(branchName);
  const simple = full.map(simpleName);
  const names = new Map<string, number>();
  for (const [index, name] of simple.entries()) {
    if (simple.indexOf(name) === simple.lastIndexOf(name)) names.set(name, index);
  }
  for (const [index, name] of full.entries()) names.set(name, index);
  return {
    get: (name: string) => names.get(name),
    nameOf: (index: number) => full[index] ?? "",
    /** All names of a branch, the full one first. */
    namesOf: (index: number) => [...names.keys()].filter((name) => names.get(name) === index).toSorted(byLength),
  };
}

/** The branches that a value of a look may be meant as: those that decode to such a value, or else those that take it. */
export function candidatesByLook({ branches }: UnionNode): ReadonlyMap<Look, readonly number[]> {
  const own = new Map<Look, number[]>();
  const besides = new Map<Look, number[]>();
  for (const [index, branch] of branches.entries()) {
    const { looks, takes } = looksOf(branch);
    for (const look of looks) own.set(look, [...(own.get(look) ?? []), index]);
    for (const look of takes) besides.set(look, [...(besides.get(look) ?? []), index]);
  }
  return new Map([...besides, ...own]);
}

function byLength(one: string, other: string): number {
  return other.length - one.length;
}
