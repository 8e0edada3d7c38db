/** How many tests passed, failed, and did not run. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The lines ` 3 pass`, ` 1 fail` and the like that `bun test` ends with; a file that does not load is a fail too. */
const SUMMARY = /^ \d+ pass\n(?: \d+ .*\n)*?(?=Ran \d+ tests?)/gm;

/**
 * Counts the tests of a run from what `bun test` printed. A run that failed without a failing test, such as a process
 * that was killed, counts as one failure: it never reads as if all were well.
 */
export function countsOf(output: string, exitCode: number): Counts {
  const plain = Bun.stripANSI(output);
  const summary = plain.match(SUMMARY)?.at(-1) ?? "";
  const number = (word: string) => Number(new RegExp(`^ (\\d+) ${word}$`, "m").exec(summary)?.[1] ?? 0);
  const failed = number("fail");
  return {
    passed: number("pass"),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: number("skip") + number("todo"),
  };
}

/** The line that a run ends with. */
export function sentenceOf({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
