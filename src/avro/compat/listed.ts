const SHOWN_MAX = 10;

/** Names in a sentence. There may be thousands, and as many sentences about them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_MAX).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** The same as a choice: `a`, `b` or `c`. */
export function either(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.at(-1) ?? "";
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(", ")} or ${last}`;
}
