import { expect } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/**
 * Holds a page to what the program prints: the text between `<!-- begin: name -->` and `<!-- end: name -->` is `text`.
 * `UPDATE_PAGES=1 bun test` writes it there instead.
 */
export async function expectPrinted(page: string, name: string, text: string): Promise<void> {
  const path = join(ROOT, page);
  const written = await Bun.file(path).text();
  const begin = `<!-- begin: ${name} -->\n`;
  const end = `\n<!-- end: ${name} -->`;
  const from = written.indexOf(begin) + begin.length;
  const to = written.indexOf(end, from - 1);
  if (!written.includes(begin) || to < 0) throw new Error(`${page} has no block named ${name}`);
  if (process.env.UPDATE_PAGES) {
    await Bun.write(path, written.slice(0, from) + text + written.slice(to));
    return;
  }
  expect(written.slice(from, to)).toBe(text);
}
