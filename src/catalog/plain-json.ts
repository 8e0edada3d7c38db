/**
 * Parses JSON in which no name is there twice and nothing is nested too deep; undefined for any other text. A folder may
 * have thousands of files of which nothing is wrong, and a tree with the place of everything takes ten times as long.
 */
export function plainJson(text: string, depthMax: number): { readonly value: unknown } | undefined {
  const members = membersIn(text, depthMax);
  if (members === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse takes the last of two members with one name: then there are fewer than were written.
    return membersOf(value) === members ? { value } : undefined;
  } catch {
    return undefined; // Whoever parses it for its places says what is wrong, and where.
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** How many members are written, which have a colon each; undefined where brackets or strings say that it is not plain. */
function membersIn(text: string, depthMax: number): number | undefined {
  let members = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at + 1);
        if (at < 0) return undefined;
        break;
      case COLON:
        members++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        if (depth > depthMax) return undefined;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      default:
    }
  }
  return members;
}

/** Where the quote stands that ends it: the first behind an even number of backslashes. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}

/** No deeper than was counted before. */
function membersOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += membersOf(item);
    return members;
  }
  for (const inner of Object.values(value)) members += 1 + membersOf(inner);
  return members;
}
