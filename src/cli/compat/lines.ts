import {
  checkCompatibility,
  JSON_DEPTH_MAX,
  type Json,
  numberText,
  parseSchemaMember,
  readJson,
  type Schema,
  SchemaError,
} from "../../avro/index.ts";
import type { Io } from "../io.ts";
import { linesIn } from "./stream.ts";

/** How long a line may be, in bytes. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;

/** Output is written in pieces of about this size, in characters. */
const OUTPUT_LENGTH = 64 * 1024;

/** Why a line has no verdict. */
const LINE_ERRORS = {
  NOT_JSON: "The line is no JSON.",
  NOT_A_PAIR: "The line is no object with a reader and a writer.",
  INVALID_SCHEMA: "Apache Avro would not parse the reader's schema, the writer's, or both.",
  LINE_TOO_LONG: `The line is longer than ${LINE_BYTES_MAX} bytes.`,
} as const;

/**
 * Judges pairs of schemas, a line of JSON each, and answers in lines, in their order. A line that is wrong is answered
 * like any other, and the next one is read.
 */
export async function compareLines(io: Pick<Io, "stdin" | "out">): Promise<void> {
  let pending = "";
  for await (const { text, number } of linesIn(io.stdin(), LINE_BYTES_MAX)) {
    if (text?.trim() === "") continue;
    pending += `${answerTo(text, number)}\n`;
    if (pending.length < OUTPUT_LENGTH) continue;
    // A slow reader is waited for: the answers to a long list do not pile up here.
    await io.out(pending);
    pending = "";
  }
  if (pending !== "") io.out(pending);
}

/** The answer to a line; undefined is one that is too long. */
export function answerTo(text: string | undefined, number: number): string {
  if (text === undefined)
    return failed("null", { kind: "LINE_TOO_LONG", line: number, message: LINE_ERRORS.LINE_TOO_LONG });
  const document = jsonOf(text);
  if (document instanceof SyntaxError) {
    return failed("null", { kind: "NOT_JSON", line: number, message: document.message });
  }
  const id = idOf(document);
  if (!isPair(document)) {
    return failed(id, { kind: "NOT_A_PAIR", line: number, message: 'expected {"id": …, "reader": …, "writer": …}' });
  }
  const [reader, writer] = [schemaOf(document, "reader"), schemaOf(document, "writer")];
  if (reader instanceof SchemaError || writer instanceof SchemaError) return invalid(id, number, { reader, writer });
  const incompatibilities = checkCompatibility(reader, writer).map(({ type, location, message }) => ({
    type,
    location,
    message,
  }));
  const compatible = incompatibilities.length === 0;
  return `{"id":${id},"compatible":${compatible},"incompatibilities":${JSON.stringify(incompatibilities)}}`;
}

function jsonOf(text: string): Json | SyntaxError {
  try {
    // The line is around the schemas.
    return readJson(text, JSON_DEPTH_MAX + 1);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

type Pair = { readonly reader: Json; readonly writer: Json };

function isPair(document: Json): document is Json & Pair {
  return isObject(document) && Object.hasOwn(document, "reader") && Object.hasOwn(document, "writer");
}

const isObject = (json: Json): json is { [key: string]: Json } =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** The id as it was written: a number may have more digits than JavaScript holds. */
function idOf(document: Json): string {
  const id = isObject(document) ? document.id : undefined;
  if (isObject(document) && typeof id === "number") return numberText(document, "id", id);
  return JSON.stringify(id ?? null);
}

function schemaOf(document: object, key: keyof Pair): Schema | SchemaError {
  try {
    return parseSchemaMember(document, key);
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
}

function invalid(id: string, line: number, schemas: Readonly<Record<keyof Pair, Schema | SchemaError>>): string {
  const wrong = (["reader", "writer"] as const).filter((side) => schemas[side] instanceof SchemaError);
  const problems = wrong.flatMap((schema) => {
    const error = schemas[schema];
    return error instanceof SchemaError
      ? error.problems.map(({ pointer, message }) => ({ schema, pointer, message }))
      : [];
  });
  const message = `invalid schema: ${wrong.join(" and ")}`;
  return failed(id, {
    kind: "INVALID_SCHEMA",
    line,
    schema: wrong.length === 2 ? "both" : wrong[0],
    message,
    problems,
  });
}

function failed(id: string, error: { readonly kind: keyof typeof LINE_ERRORS; [more: string]: unknown }): string {
  return `{"id":${id},"error":${JSON.stringify(error)}}`;
}
