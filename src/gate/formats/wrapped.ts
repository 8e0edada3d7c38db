/** A narrower terminal gets lines of this width, and breaks them itself. */
export const COLUMNS_MIN = 40;

/** Breaks between words; a word that is longer than a line stays whole, so that it can be copied. */
export function wrapped(sentence: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    if (line !== "" && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
