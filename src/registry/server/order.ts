/** Java's order of strings, which is the order of every list that the server answers. */
export function byCodeUnits(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** By subject, then by version. */
export function bySubject(
  one: { readonly subject: string; readonly version: number },
  other: { readonly subject: string; readonly version: number },
): number {
  return byCodeUnits(one.subject, other.subject) || one.version - other.version;
}
