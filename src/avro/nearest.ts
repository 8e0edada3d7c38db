/** Longer names are not compared: nobody declares them, and the comparison is quadratic. */
const NAME_LENGTH_MAX = 128;

/** The name that was probably meant: few edits away for its length. Undefined where none comes near. */
export function nearest(name: string, among: readonly string[]): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of among) {
    if (candidate.length > NAME_LENGTH_MAX || Math.abs(candidate.length - name.length) >= least) continue;
    const edits = distance(folded(name), folded(candidate));
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** `orderId`, `order-id` and `order_id` are one word to a person. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** Edit distance in which swapping two neighbours is one edit (optimal string alignment). */
function distance(a: string, b: string): number {
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, at(older, j - 2) + 1);
      row.push(edits);
    }
    older = old;
    old = row;
  }
  return at(old, b.length);
}

/** Every index asked for is there; Infinity would lose every comparison. */
function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
