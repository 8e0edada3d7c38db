import { sorted } from "../order.ts";
import type { Json } from "../schema.ts";
import { doubleText } from "./numbers.ts";

/** As deep as Jackson reads, which Avro Java reads schemas with. */
export const JSON_DEPTH_MAX = 1_000;

/** How many characters of JSON are read: a registry that keeps schemas in Kafka's records takes a tenth. */
export const JSON_LENGTH_MAX = 16 * 1024 * 1024;

/** Under this key an array or object keeps the numbers that JSON.parse cannot hold or tell apart, as Java prints them. */
const NUMBERS = Symbol("numbers as they were written");

/**
 * Reads JSON as Avro Java does: comments are let through, and `1.0` is another number than `1`. What is around the
 * schemas in a document may add to the depth.
 * @throws SyntaxError
 */
export function readJson(text: string, depthMax: number = JSON_DEPTH_MAX): Json {
  if (text.length > JSON_LENGTH_MAX) throw new SyntaxError(`more than ${JSON_LENGTH_MAX} characters`);
  const json = isPlain(text, depthMax) ? text : withoutComments(text, depthMax);
  // Most schemas have no number that needs it, and are read much faster.
  if (!/\d[.eE]|\d{16}|-0/.test(json)) return JSON.parse(json);
  return JSON.parse(json, function (this: object, key, value, context?: { source?: string }) {
    if (typeof value === "number" && context?.source !== undefined) note(this, key, value, context.source);
    return value;
  });
}

/** The text of a number that stands under a key, as Java would print it. */
export function numberText(holder: object, key: string | number, value: number): string {
  const numbers: Record<string, string> | undefined = Reflect.get(holder, NUMBERS);
  return numbers?.[key] ?? String(value);
}

/** Whether a number was written without a fraction or an exponent. */
export function isWhole(holder: object, key: string | number, value: number): boolean {
  return /^-?\d+$/.test(numberText(holder, key, value));
}

const LONG_MAX = 2n ** 63n - 1n;

/** Whether a whole number is beyond what a long of Java's holds. */
export function isBeyondLong(holder: object, key: string | number, value: number): boolean {
  if (Number.isSafeInteger(value) || !isWhole(holder, key, value)) return false;
  const exact = BigInt(numberText(holder, key, value));
  return exact > LONG_MAX || exact < -LONG_MAX - 1n;
}

/** What stands under a key of an object or array, in Jackson's compact form; members in their order, or sorted. */
export function jsonText(holder: object, key: string | number, inOrder = false): string {
  const value: Json = Reflect.get(holder, key);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return numberText(holder, key, value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map((_, index) => jsonText(value, index, inOrder)).join(",")}]`;
  const keys = inOrder ? sorted(Object.keys(value)) : Object.keys(value);
  return `{${keys.map((name) => `${quoted(name)}:${jsonText(value, name, inOrder)}`).join(",")}}`;
}

/** A string as Jackson writes it: upper case in escapes, and half a surrogate pair as it is. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\(?:u([0-9a-f]{4})|.)/g, (written, code?: string) => {
    if (code === undefined) return written;
    return code.startsWith("d") ? String.fromCharCode(Number.parseInt(code, 16)) : `\\u${code.toUpperCase()}`;
  });
}

function note(holder: object, key: string, value: number, source: string): void {
  const text = /^-?\d+$/.test(source) ? (source === "-0" ? "0" : source) : doubleText(value);
  if (text === String(value)) return;
  const there: Record<string, string> | undefined = Reflect.get(holder, NUMBERS);
  if (there !== undefined) there[key] = text;
  else Object.defineProperty(holder, NUMBERS, { value: { __proto__: null, [key]: text } });
}

/** Strings, comments and brackets. What is begun is matched to the end of the text, or it would be tried again and again. */
const TOKEN = /"[^"\\]*(?:\\[\s\S]?[^"\\]*)*(?:"|$)|\/\/[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)|[[\]{}]/g;

/** Whether a text has nothing like a comment in it, and too few brackets to be nested too deep: as nearly all have. */
function isPlain(text: string, depthMax: number): boolean {
  if (text.includes("//") || text.includes("/*")) return false;
  let brackets = 0;
  for (let at = 0; at < text.length && brackets <= depthMax; at++) {
    const code = text.charCodeAt(at);
    if (code === BRACKET || code === BRACE) brackets++;
  }
  return brackets <= depthMax;
}

const BRACKET = "[".charCodeAt(0);
const BRACE = "{".charCodeAt(0);

/** Puts spaces for comments, and counts how deep brackets stand in each other. After the end Java takes none. */
function withoutComments(text: string, depthMax: number): string {
  let depth = 0;
  let ended = false;
  return text.replace(TOKEN, (token) => {
    if (token.startsWith("/")) {
      if (ended) throw new SyntaxError("a comment after the end");
      if (/^\/\*(?![\s\S]*\*\/$)/.test(token)) throw new SyntaxError("a comment without an end");
      return " ";
    }
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    if (depth > depthMax) throw new SyntaxError(`JSON nested deeper than ${depthMax} levels`);
    ended = depth <= 0;
    return token;
  });
}
