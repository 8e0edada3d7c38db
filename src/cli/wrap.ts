/** Breaks a text between words; a word that is longer than a line stays whole, so that it can be copied. */
export function wrap(
  text: string,
  { width, indent = 0 }: { readonly width: number; readonly indent?: number },
): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > width) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line = lines.length === 0 && line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
