/** Of numbers in a new order, the fewest that must have moved: all but a longest run that still ascends. */
export function movedOf(numbers: readonly number[]): ReadonlySet<number> {
  // tails[n] is the position of the smallest number that ends an ascending run of n + 1.
  const tails: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [position, number] of numbers.entries()) {
    const length = lowest(tails.length, (at) => (numbers[tails[at] ?? 0] ?? 0) >= number);
    before.push(length === 0 ? undefined : tails[length - 1]);
    tails[length] = position;
  }
  const kept = new Set<number>();
  for (let at = tails.at(-1); at !== undefined; at = before[at]) kept.add(numbers[at] ?? -1);
  return new Set(numbers.filter((number) => !kept.has(number)));
}

/** The lowest number below a limit for which it holds, or the limit. */
function lowest(limit: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
