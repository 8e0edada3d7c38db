/** What finding a line may cost. Settings that people write, a thousand lines long, take a hundredth of it. */
const CHARACTERS_PARSED_MAX = 50_000_000;

/** The line behind the longest beginning of the text that is YAML; the first one, where it is too long to find out. */
export function brokenLine(text: string): number {
  const lines = text.split("\n");
  let parsed = 0;
  for (let count = lines.length - 1; count > 0; count--) {
    const beginning = lines.slice(0, count).join("\n");
    parsed += beginning.length;
    if (parsed > CHARACTERS_PARSED_MAX) return 1;
    try {
      Bun.YAML.parse(beginning);
      return count + 1;
    } catch {
      // Still broken: the slip is in the lines that are left.
    }
  }
  return 1;
}

/** Where settings of the outermost level stand once more: YAML forbids a name twice, and Bun's parser takes the last. */
export function repeatedSettings(text: string): number[] {
  const seen = new Set<string>();
  const offsets: number[] = [];
  for (const { 0: line, 1: name, index } of text.matchAll(/^(\w+)[ \t]*:.*$/gm)) {
    if (name !== undefined && seen.has(name)) offsets.push(index);
    seen.add(name ?? line);
  }
  return offsets;
}
