/** `Math.max` of two offsets; that one does not take bigints. */
export function later(a: bigint, b: bigint): bigint {
  if (a < b) return b;
  return a;
}
