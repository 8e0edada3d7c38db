import { type IncompatibilityType, namedTypes, type Schema } from "../../avro/index.ts";
import type { Places } from "../../catalog/index.ts";
import type { Direction, Fix } from "../model.ts";
import { symbolsBack } from "./enums.ts";
import { fieldBack, newField, newFieldOfEnum } from "./fields.ts";
import { createTrial } from "./holds.ts";
import { inOrder, type JsonText, openJson } from "./json-edits.ts";
import { typeAlias } from "./names.ts";
import type { Draft, DraftsFor, Problem, Task } from "./problem.ts";
import { createMoves } from "./similar.ts";
import { createTogether } from "./together.ts";
import { branchBack, branchMended, narrowedBack } from "./unions.ts";

/** What is inside of a type may need fixes of its own. */
type Maker = (task: Task, draftsFor: DraftsFor) => readonly Draft[];

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
 * Finds what mends the breaks of one check. Each fix is tried out: with it the schema parses, the break is gone, and there
 * is no new one in either direction. It answers undefined where nothing that a careful author would agree with is known,
 * and for what comes after very many. A fix only ever adds: nothing that the author wrote is taken away.
 */
export function createFixer(): (problem: Problem) => Fix | undefined {
  const holds = createTrial();
  const texts = new Map<string, { readonly places: Places; readonly json: JsonText | undefined }>();

  const open = (places: Places, file: string): JsonText | undefined => {
    const known = texts.get(file);
    if (known?.places === places) return known.json;
    const text = places.text(file);
    const json = text === undefined ? undefined : openJson(file, text);
    texts.set(file, { places, json });
    return json;
  };

  const movesOf = createMoves();
  const types = new Map<Schema, ReadonlySet<string>>();
  const typesOf = (schema: Schema): ReadonlySet<string> => {
    const known = types.get(schema) ?? new Set(namedTypes(schema.root).keys());
    types.set(schema, known);
    return known;
  };
  const taskOf = (problem: Problem): Task => ({
    ...problem,
    open: (file) => open(problem.places, file),
    newerTypes: () => typesOf(problem.newer),
    movesOf,
  });
  const fixesTogether = createTogether((problem) => draftsFor(taskOf(problem)), holds);

  return (problem) => {
    const known = fixesTogether(problem);
    if (known !== undefined) return known;
    for (const { title, edits } of draftsFor(taskOf(problem))) {
      const ordered = inOrder(edits);
      if (holds(problem, ordered)) return { title, edits: ordered };
    }
    return undefined;
  };
}

/** The fix of a single problem. */
export const fixOf = (problem: Problem): Fix | undefined => createFixer()(problem);

function* draftsFor(task: Task): Generator<Draft> {
  for (const maker of MAKERS[task.direction][task.incompatibility.type] ?? []) yield* maker(task, draftsFor);
}
