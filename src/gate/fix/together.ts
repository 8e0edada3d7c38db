import { checkCompatibility, type Schema } from "../../avro/index.ts";
import type { Direction, Edit, Fix } from "../model.ts";
import type { createTrial } from "./holds.ts";
import { inOrder } from "./json-edits.ts";
import type { Draft, Problem } from "./problem.ts";

/** From as many breaks of a kind on, fixes are tried out together: one by one, each would read the whole schema anew. */
const TOGETHER_MIN = 20;
/** The first of two schemas are tried alone: most changes break one thing or two, and it need not be known how many. */
const ALONE_MAX = 2;

/**
 * Finds the fixes of many breaks at once. Each edits its own part of the file and nothing else, so that what holds for all
 * of them holds for each; where it does not hold for all, each half is tried. Answers undefined for what has to be tried
 * out alone.
 */
export function createTogether(
  draftsFor: (problem: Problem) => Iterable<Draft>,
  holds: ReturnType<typeof createTrial>,
): (problem: Problem) => Fix | undefined {
  const known = new Map<Schema, Map<Schema, Map<Direction, OfPair>>>();

  function fixesOf(problem: Problem): ReadonlyMap<string, Fix> {
    const { newer, older, direction } = problem;
    const all = direction === "BACKWARD" ? checkCompatibility(newer, older) : checkCompatibility(older, newer);
    if (all.length < TOGETHER_MIN) return new Map();
    const ofKinds = Map.groupBy(all, ({ type }) => type)
      .values()
      .filter((some) => some.length >= TOGETHER_MIN);
    const drafts = [...ofKinds].flat().flatMap((incompatibility) => {
      const [draft] = draftsFor({ ...problem, incompatibility });
      return draft === undefined ? [] : [{ key: keyOf(incompatibility), kind: incompatibility.type, draft }];
    });
    const groups = Map.groupBy(drafts, ({ kind, draft }) => `${kind} ${draft.edits[0]?.file}`);
    const held = [...groups.values()].flatMap((some) => heldOf(problem, some));
    return new Map(held.map(({ key, draft: { title, edits } }) => [key, { title, edits: inOrder(edits) }]));
  }

  function heldOf(problem: Problem, some: readonly Drafted[]): readonly Drafted[] {
    if (some.length < TOGETHER_MIN) return [];
    const edits = joined(some.flatMap(({ draft }) => draft.edits));
    if (edits !== undefined && holds(problem, edits, some.length)) return some;
    const half = some.length >> 1;
    return [...heldOf(problem, some.slice(0, half)), ...heldOf(problem, some.slice(half))];
  }

  return (problem) => {
    const { newer, older, direction, incompatibility } = problem;
    const ofNewer = known.get(newer) ?? new Map<Schema, Map<Direction, OfPair>>();
    const ofOlder = ofNewer.get(older) ?? new Map<Direction, OfPair>();
    const pair: OfPair = ofOlder.get(direction) ?? { asked: 0, fixes: undefined };
    known.set(newer, ofNewer.set(older, ofOlder.set(direction, pair)));
    if (++pair.asked <= ALONE_MAX) return undefined;
    pair.fixes ??= fixesOf(problem);
    return pair.fixes.get(keyOf(incompatibility));
  };
}

interface OfPair {
  asked: number;
  fixes: ReadonlyMap<string, Fix> | undefined;
}

interface Drafted {
  readonly key: string;
  readonly draft: Draft;
}

/** All edits as those of one fix, what several ask for once; undefined where one changes what another does. */
function joined(edits: readonly Edit[]): readonly Edit[] | undefined {
  const unlike = new Map(edits.map((edit) => [`${edit.offset} ${edit.length} ${edit.text}`, edit]));
  const all = inOrder([...unlike.values()]);
  const isApart = all.every(({ offset, length }, index) => offset + length <= (all[index + 1]?.offset ?? Infinity));
  return isApart ? all : undefined;
}

const keyOf = ({ type, readerPath, writerPath, message }: Problem["incompatibility"]): string =>
  [type, ...readerPath, "", ...writerPath, message].join("/");
