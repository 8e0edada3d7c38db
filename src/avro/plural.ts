/** A number of things, in words: `1 byte`, `2 bytes`. */
export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
