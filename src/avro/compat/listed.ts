const SHOWN_MAX = 10;

/** Names in a sentence. There may be thousands, and as many sentences about them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_MAX).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
