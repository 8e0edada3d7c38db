/** How whoever started this program calls it: the executable, or Bun, which npx may have brought for this once. */
export function commandOf([program = "", script = ""]: readonly string[]): string {
  if (script.startsWith("/$bunfs/")) return "sluice";
  return /[/\\]_npx[/\\]/.test(program) ? `npx -y bun@${Bun.version} sluice` : "bun sluice";
}

/** A sentence whose hints, such as `sluice types`, can be typed as they stand. */
export const asTyped = (sentence: string, self: readonly string[]): string =>
  sentence.replaceAll(/`sluice (?=[a-z])/g, `\`${commandOf(self)} `);
