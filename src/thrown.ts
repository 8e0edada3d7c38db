import { join, relative } from "node:path";

/** A place in a file, lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where an error, or what caused it, was thrown: the first place of its stack that is in the user's code. Undefined
 * where there is none; with `direct`, also where this program threw it by itself, whoever had called it.
 */
export function thrownAt(error: unknown, { direct = false }: { direct?: boolean } = {}): Place | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const line of error.stack?.split("\n") ?? []) {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    if (file === undefined || isPackage(file)) continue;
    if (!isOwn(file)) return { file, line: Number(row), column: Number(column) };
    if (direct) return undefined;
  }
  return thrownAt(error.cause, { direct });
}

/** ` (workers/mail.ts:12)`, to stand behind what an error says; empty where no place of the user's is known. */
export function placeOf(error: unknown): string {
  const place = thrownAt(error);
  if (place === undefined) return "";
  const near = relative("", place.file);
  return ` (${near.startsWith("..") ? place.file : near}:${place.line})`;
}

/** `at handle (/shop/workers/mail.ts:12:5)` or `at /shop/workers/mail.ts:12:5`; a query is how it was loaded anew. */
const FRAME = /^\s+at (?:.*\()?(\/.*?|[A-Za-z]:\\.*?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/;

const isPackage = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);

/** Of this program, which is below this folder, or in the executable. */
const isOwn = (file: string): boolean => file.startsWith(join(import.meta.dir, "/")) || file.startsWith("/$bunfs/");
