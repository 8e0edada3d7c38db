/**
 * Text from a schema as a terminal or a log may show it. Schemas come in with pull requests: an escape sequence in a name
 * must not move the cursor, and characters that turn the direction of writing must not dress a line up as another.
 */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
