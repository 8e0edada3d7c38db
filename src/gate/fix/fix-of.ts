import type { IncompatibilityType } from "../../avro/index.ts";
import type { Direction, Fix } from "../model.ts";
import { symbolsBack } from "./enums.ts";
import { fieldBack, newField, newFieldOfEnum } from "./fields.ts";
import { holds } from "./holds.ts";
import { inOrder } from "./json-edits.ts";
import { typeAlias } from "./names.ts";
import type { Draft, DraftsFor, Problem } from "./problem.ts";
import { branchBack, branchMended, narrowedBack } from "./unions.ts";

/** What is inside of a type may need fixes of its own. */
type Maker = (problem: Problem, draftsFor: DraftsFor) => readonly Draft[];

/** What may mend each kind of break, what is best first. What is not here has no other fix than a new version. */
const MAKERS: Readonly<Record<Direction, Partial<Record<IncompatibilityType, readonly Maker[]>>>> = {
  BACKWARD: {
    READER_FIELD_MISSING_DEFAULT_VALUE: [newField],
    NAME_MISMATCH: [typeAlias],
    MISSING_ENUM_SYMBOLS: [symbolsBack],
    MISSING_UNION_BRANCH: [branchMended, branchBack],
    TYPE_MISMATCH: [newFieldOfEnum, narrowedBack],
  },
  FORWARD: {
    READER_FIELD_MISSING_DEFAULT_VALUE: [fieldBack],
    MISSING_UNION_BRANCH: [branchMended],
  },
};

/**
 * The edit that mends a break, tried out: with it the schema parses, the break is gone, and there is no new one in either
 * direction. Undefined where nothing that a careful author would agree with is known. It only ever adds: nothing that the
 * author wrote is taken away.
 */
export function fixOf(problem: Problem): Fix | undefined {
  for (const { title, edits } of draftsFor(problem)) {
    const ordered = inOrder(edits);
    if (holds(problem, ordered)) return { title, edits: ordered };
  }
  return undefined;
}

function* draftsFor(problem: Problem): Generator<Draft> {
  for (const maker of MAKERS[problem.direction][problem.incompatibility.type] ?? []) yield* maker(problem, draftsFor);
}
