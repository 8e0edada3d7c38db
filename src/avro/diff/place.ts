/** Where two types stand, as steps from both roots; what places have in common they share. */
export interface Place {
  readonly older: readonly string[];
  readonly newer: readonly string[];
  /** What the step adds to the path that people read: `.items`, `[]`, `{}`. */
  readonly text: string;
  readonly above: Place | undefined;
  /** What stands here is never read by the other: the newer never looks at it in the older, or the other way round. */
  readonly apart: Readonly<Record<"newReadsOld" | "oldReadsNew", boolean>>;
}

export const ROOT: Place = {
  older: [],
  newer: [],
  text: "",
  above: undefined,
  apart: { newReadsOld: false, oldReadsNew: false },
};

type Keys = string | readonly string[];

/** One step further, under these keys of each schema. */
export function below(above: Place, older: Keys, newer: Keys, text = ""): Place {
  return { older: listOf(older), newer: listOf(newer), text, above, apart: above.apart };
}

const listOf = (keys: Keys): readonly string[] => (typeof keys === "string" ? [keys] : keys);

/** One step further, under the same key in both. */
export const inBoth = (above: Place, key: string, text = ""): Place => below(above, key, key, text);

/** The whole paths. */
export function pathsOf(place: Place): { olderPath: string[]; newerPath: string[]; field: string } {
  const steps: Place[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) steps.push(at);
  steps.reverse();
  return {
    olderPath: steps.flatMap(({ older }) => older),
    newerPath: steps.flatMap(({ newer }) => newer),
    field: steps
      .map(({ text }) => text)
      .join("")
      .replace(/^\./, ""),
  };
}

/** What stands there, as a sentence calls it: the field by its path, or `the value` for the root. */
export function whatOf(place: Place): string {
  const { field } = pathsOf(place);
  return field === "" ? "the value" : `\`${field}\``;
}
