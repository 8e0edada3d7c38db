import { checkCompatibility, type Incompatibility, type Schema } from "../../avro/index.ts";
import type { Fix } from "../model.ts";
import type { createTrial } from "./holds.ts";
import { inOrder } from "./json-edits.ts";
import type { Draft, Problem } from "./problem.ts";

/** From as many new fields on they are tried out together: one by one, each would read the whole schema anew. */
const TOGETHER_MIN = 20;

/**
 * Finds the fixes of many new fields at once. Each edits its own field and nothing else, so that what holds for all of them
 * holds for each. Answers undefined for what has to be tried out alone.
 */
export function createTogether(
  draftsFor: (problem: Problem) => Iterable<Draft>,
  holds: ReturnType<typeof createTrial>,
): (problem: Problem) => Fix | undefined {
  const known = new Map<Schema, Map<Schema, ReadonlyMap<string, Fix>>>();

  function fixesOf(problem: Problem): ReadonlyMap<string, Fix> {
    const all = checkCompatibility(problem.newer, problem.older).filter(isNewField);
    if (all.length < TOGETHER_MIN) return new Map();
    const drafts = all.flatMap((incompatibility) => {
      const [draft] = draftsFor({ ...problem, incompatibility });
      return draft === undefined ? [] : [{ key: keyOf(incompatibility), draft }];
    });
    const byFile = Map.groupBy(drafts, ({ draft }) => draft.edits[0]?.file);
    const held = [...byFile.values()].filter((some) => {
      const edits = inOrder(some.flatMap(({ draft }) => draft.edits));
      return holds(problem, edits, some.length);
    });
    return new Map(held.flat().map(({ key, draft: { title, edits } }) => [key, { title, edits: inOrder(edits) }]));
  }

  return (problem) => {
    const { newer, older, direction, incompatibility } = problem;
    if (direction !== "BACKWARD" || !isNewField(incompatibility)) return undefined;
    const ofNewer = known.get(newer) ?? new Map<Schema, ReadonlyMap<string, Fix>>();
    const fixes = ofNewer.get(older) ?? fixesOf(problem);
    known.set(newer, ofNewer.set(older, fixes));
    return fixes.get(keyOf(incompatibility));
  };
}

const isNewField = ({ type }: Incompatibility): boolean => type === "READER_FIELD_MISSING_DEFAULT_VALUE";
const keyOf = ({ readerPath, message }: Incompatibility): string => [...readerPath, message].join("/");
