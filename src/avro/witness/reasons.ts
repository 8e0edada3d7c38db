import type { Incompatibility } from "../compat/index.ts";
import { type DecodeError, Unreadable } from "../errors.ts";
import type { Node } from "../schema.ts";
import { stepsAlong } from "../steps.ts";

/** What is thrown, as far as it is about one incompatibility. A decoder tells every reason at once, of which there may be thousands. */
export function createMessages(
  reader: Node,
): (error: Unreadable | DecodeError, incompatibility: Incompatibility) => string {
  const known = new Map<Unreadable, ReturnType<typeof createReasons>>();
  return (error, { type, readerPath }) => {
    if (!(error instanceof Unreadable)) return error.message;
    const reasonsAt = known.get(error) ?? createReasons(error.reasons);
    known.set(error, reasonsAt);
    const reasons = reasonsAt(placeOf(reader, readerPath), type === "MISSING_UNION_BRANCH");
    return reasons.length === 0 ? error.message : new Unreadable(reasons).message;
  };
}

/** Finds the reasons at a place, or at it and inside of it, in the order in which they were told. */
function createReasons(reasons: readonly string[]): (place: string, inside: boolean) => readonly string[] {
  const located = reasons.map((reason, index) => ({ place: placeIn(reason), reason, index }));
  const byPlace = Map.groupBy(located, ({ place }) => place);
  // Sorted, what is inside of a place is one piece.
  const sorted = located.toSorted((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.index - b.index));
  return (place, inside) => {
    if (inside && place === "") return reasons;
    const there = byPlace.get(place) ?? [];
    if (!inside) return there.map(({ reason }) => reason);
    const below: typeof located = [];
    for (let at = firstFrom(`${place}/`); sorted[at]?.place.startsWith(`${place}/`); at++) {
      below.push(...sorted.slice(at, at + 1));
    }
    return [...there, ...below].sort((a, b) => a.index - b.index).map(({ reason }) => reason);
  };

  /** The first whose place is not before this one. */
  function firstFrom(place: string): number {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sorted[middle]?.place ?? "") < place) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** A reason begins with its place and a colon; what is about the root has no place. */
const placeIn = (reason: string): string => (reason.startsWith("/") ? reason.slice(0, reason.indexOf(": ")) : "");

/** Where something stands in the reader's schema, as reasons write it: `/items/[]/price`. */
function placeOf(root: Node, path: readonly string[]): string {
  return stepsAlong(root, path)
    .map((step) => `/${step}`)
    .join("");
}
