/** Sorts texts by their UTF-16 code units, as Java does; a locale would sort them otherwise. */
export function sorted(texts: Iterable<string>): string[] {
  return [...texts].sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}
