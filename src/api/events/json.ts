import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import { Problem } from "../problems.ts";

/** Decodes UTF-8 strictly, and leaves a byte order mark out (RFC 8259, 8.1 lets a parser ignore it). */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** What is read: a whole body, or a line of one. */
type Part = "body" | "line";

/** @throws Problem INVALID_ENCODING where the bytes are not UTF-8. */
export function textOf(bytes: Uint8Array, part: Part = "body"): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    // Anything else would store replacement characters in the place of what was sent.
    throw new Problem("INVALID_ENCODING", `the ${part} is not valid UTF-8`, { cause: error });
  }
}

/**
 * Parses JSON. A name that an object has twice counts with its last value, as JSON.parse has it.
 * @throws Problem MALFORMED_JSON with the line and column; in a line with the column.
 */
export function parseJson(text: string, part: Part = "body"): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(text, part, error);
  }
}

function malformed(text: string, part: Part, cause: unknown): Problem {
  const reason = cause instanceof Error ? cause.message.replace(/^JSON Parse error: /, "") : String(cause);
  const place = placeOf(text) ?? (reason === "Unexpected EOF" ? endOf(text) : undefined);
  if (place === undefined) return new Problem("MALFORMED_JSON", reason, { cause });
  const { line, column, expected = reason } = place;
  // A line is line 1 of itself, whichever it is of the body.
  return part === "line"
    ? new Problem("MALFORMED_JSON", `column ${column} of the line: ${expected}`, { members: { column }, cause })
    : new Problem("MALFORMED_JSON", `line ${line}, column ${column}: ${expected}`, {
        members: { line, column },
        cause,
      });
}

interface Place {
  readonly line: number;
  readonly column: number;
  readonly expected: string | undefined;
}

/** JSON.parse of this engine does not say where: a second parser finds the first error. */
function placeOf(text: string): Place | undefined {
  let place: Place | undefined;
  const onError = (code: ParseErrorCode, _offset: number, _length: number, line: number, character: number) => {
    place = { line: line + 1, column: character + 1, expected: EXPECTED[printParseErrorCode(code)] };
    throw FOUND;
  };
  try {
    visit(text, { onError }, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch (error) {
    // The first error ends the visit. The other reason is nesting that overflows the visitor's stack: no place then.
    if (error !== FOUND && !(error instanceof RangeError)) throw error;
  }
  return place;
}

function endOf(text: string): Place {
  const lines = text.split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, expected: "the JSON does not end" };
}

const FOUND = Symbol("the first error was found");

const EXPECTED: Readonly<Partial<Record<ReturnType<typeof printParseErrorCode>, string>>> = {
  InvalidSymbol: "not a JSON value",
  InvalidNumberFormat: "not a JSON number",
  PropertyNameExpected: "a property name in double quotes is expected",
  ValueExpected: "a value is expected",
  ColonExpected: "a colon is expected",
  CommaExpected: "a comma is expected",
  CloseBraceExpected: "the object does not end: a closing brace is expected",
  CloseBracketExpected: "the array does not end: a closing bracket is expected",
  EndOfFileExpected: "the end is expected: there is more after the value",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "the string does not end",
  UnexpectedEndOfNumber: "the number does not end",
  InvalidUnicode: "not a Unicode escape",
  InvalidEscapeCharacter: "no such escape",
  InvalidCharacter: "a control character has to be escaped",
};
