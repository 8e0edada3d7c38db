import { plural } from "./plural.ts";

/** How much of a string is shown. */
const SHOWN_LENGTH_MAX = 60;

/** A value as an error message shows it: its kind, and as much of it as is short. Never walks into it. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "string") return `the string ${JSON.stringify(shortened(value))}`;
  if (typeof value === "bigint") return `the bigint ${shortened(String(value))}`;
  if (typeof value === "number") return `the number ${Object.is(value, -0) ? "-0" : value}`;
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Date)
    return `a Date${Number.isNaN(value.getTime()) ? " that is invalid" : ` (${value.toISOString()})`}`;
  if (value instanceof Uint8Array) return plural(value.length, "byte");
  if (typeof value === "object") return shownObject(value);
  return `a ${typeof value}`;
}

/** At most so many characters, and `…` where there were more; never half of a surrogate pair. */
export function shortened(text: string, lengthMax: number = SHOWN_LENGTH_MAX): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax).toWellFormed()}…`;
}

function shownObject(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return "an empty object";
  const names = keys.slice(0, 3).map((key) => `\`${shortened(key)}\``);
  return `an object with ${names.join(", ")}${keys.length > 3 ? " and more" : ""}`;
}
