/**
 * The JSON of an event, as the door takes it: bytes in base64, 64-bit numbers that a JavaScript number cannot hold as
 * digits, NaN and infinity as text, moments as ISO 8601. What is undefined is left out.
 * @throws TypeError where it holds itself
 */
export function jsonOf(event: unknown): string {
  return event === undefined ? "null" : JSON.stringify(event, converted);
}

/** Called with the object as `this`: by then `toJSON` has made something else of dates and buffers. */
function converted(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify calls it with the object, or with one that it has made, around the value.
  const given = (this as Record<string, unknown>)[key];
  if (given instanceof Uint8Array) return base64(given);
  // Its toJSON would say null, which a field may take.
  if (given instanceof Date) return Number.isNaN(given.getTime()) ? String(given) : value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
