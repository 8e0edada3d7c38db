import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
  stripComments,
} from "jsonc-parser";
import { conflictIn, conflictText } from "./conflict.ts";
import { plainJson } from "./plain-json.ts";
import type { CatalogProblem } from "./problems.ts";

/** The text of one file, and how problems name it. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Where each line begins, counted in characters. */
  readonly lineStarts: readonly number[];
}

export function sourceOf(file: string, text: string): Source {
  const lineStarts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) lineStarts.push(end + 1);
  return { file, text, lineStarts };
}

/** JSON that can say where each of its parts stands. */
export interface LocatedJson {
  /** What can be made out, where the text is broken. */
  readonly value: unknown;
  /** It can't be known what is meant. A comment is a problem, and leaves no doubt about the rest. */
  readonly broken: boolean;
  /** The problem at a JSON pointer; at the nearest part around it where nothing stands there. */
  problem(pointer: string, message: string): CatalogProblem;
}

/** Nesting beyond this is no schema, and would exhaust the stack of whoever walks it. */
const DEPTH_MAX = 200;

/** By the names that jsonc-parser prints. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "not a JSON value",
  InvalidNumberFormat: "not a JSON number",
  PropertyNameExpected: 'expected a name in double quotes; JSON allows no comma before "}"',
  ValueExpected: 'expected a value; JSON allows no comma before "]"',
  ColonExpected: 'expected ":"',
  CommaExpected: 'expected ","',
  CloseBraceExpected: 'expected "}"',
  CloseBracketExpected: 'expected "]"',
  EndOfFileExpected: "expected the end of the file",
  InvalidCommentToken: "JSON has no comments; write a doc instead",
  UnexpectedEndOfComment: "a comment that does not end",
  UnexpectedEndOfString: "a string that does not end",
  UnexpectedEndOfNumber: "a number that does not end",
  InvalidUnicode: "not a \\u escape",
  InvalidEscapeCharacter: "no such escape in JSON",
  InvalidCharacter: "a control character in a string; write it as an escape",
};

/** Parses plain JSON. What is wrong goes to `problems`. */
export function parseLocated(source: Source, problems: CatalogProblem[]): LocatedJson {
  const plain = plainJson(source.text, DEPTH_MAX);
  // Nothing is wrong with the text. Places are asked for where something is wrong with what it says: only then is a tree made.
  if (plain !== undefined)
    return { broken: false, value: plain.value, problem: problemsBy(source, () => treeOf(source)) };
  const { root, problems: found, broken } = syntaxProblems(source);
  problems.push(...found);
  return {
    broken,
    // JSON.parse decides what the text means; the tree knows where it stands, and what can be saved of broken text.
    value: broken ? root && getNodeValue(root) : JSON.parse(found.length === 0 ? source.text : withoutComments(source)),
    problem: problemsBy(source, () => root),
  };
}

function problemsBy(source: Source, tree: () => Node | undefined): LocatedJson["problem"] {
  let root: Node | undefined;
  return (pointer, message) => {
    root ??= tree();
    return problemAt(source, root === undefined ? 0 : nearestNode(root, pointer).offset, message);
  };
}

const treeOf = ({ text }: Source, errors: ParseError[] = []): Node | undefined =>
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });

/** What a text means that may have comments; undefined where it is no JSON. For what was written long ago. */
export function lenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { value, broken } = parseLocated(sourceOf("", text), []);
    return broken ? undefined : value;
  }
}

/** The text with blanks where comments are: what is left stands where it stood. */
const withoutComments = ({ text }: Source): string => stripComments(text, " ");

/** The problem at a position in a file, counted in characters from 0. */
export function problemAt(source: Source, offset: number, message: string): CatalogProblem {
  return { file: source.file, ...lineAndColumn(source, offset), message };
}

/** Line and column, from 1, of a position counted in characters from 0. */
export function lineAndColumn({ lineStarts }: Source, offset: number): { line: number; column: number } {
  // The last line that begins at or before it.
  let line = 0;
  for (let step = 2 ** Math.floor(Math.log2(lineStarts.length)); step >= 1; step /= 2) {
    if ((lineStarts[line + step] ?? Number.POSITIVE_INFINITY) <= offset) line += step;
  }
  return { line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 };
}

interface Syntax {
  readonly root: Node | undefined;
  readonly problems: readonly CatalogProblem[];
  readonly broken: boolean;
}

function syntaxProblems(source: Source): Syntax {
  const wrongAt = (offset: number, message: string) => [problemAt(source, offset, message)];
  const tooDeep = deepestAt(source.text);
  if (tooDeep !== undefined) {
    return { root: undefined, problems: wrongAt(tooDeep, `nested deeper than ${DEPTH_MAX} levels`), broken: true };
  }
  if (source.text.trim() === "") return { root: undefined, problems: wrongAt(0, "the file is empty"), broken: true };
  const conflict = conflictIn(source.text);
  if (conflict !== undefined) {
    // What it defines is still known by name to those that use it: they are not told that it is missing.
    const root = parseTree(conflict.oneSide, []);
    return { root, problems: wrongAt(conflict.offset, conflictText(conflict)), broken: true };
  }
  const errors: ParseError[] = [];
  const root = treeOf(source, errors);
  // One slip makes several errors behind it; the first is the one to mend.
  const first = errors.find((error) => !isComment(error)) ?? errors[0];
  if (first !== undefined) {
    const message = SYNTAX[printParseErrorCode(first.error)] ?? "not JSON";
    const broken = root === undefined || !isComment(first) || !isJson(withoutComments(source));
    return { root, problems: wrongAt(first.offset, `syntax: ${message}`), broken };
  }
  const problems = root === undefined ? [] : repeatedNames(source, root);
  return { root, problems, broken: root === undefined || problems.length > 0 };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isComment = ({ error }: ParseError): boolean => printParseErrorCode(error) === "InvalidCommentToken";

/** Where the text first nests too deep, strings left out. */
export function deepestAt(text: string): number | undefined {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\[\s\S])*"|[[{\]}]/g)) {
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    if (depth > DEPTH_MAX) return index;
  }
  return undefined;
}

/** JSON.parse takes the last of two members with one name, without a word. */
function repeatedNames(source: Source, node: Node): CatalogProblem[] {
  const names = new Set<string>();
  const problems: CatalogProblem[] = [];
  for (const child of node.children ?? []) {
    const name = node.type === "object" ? child.children?.[0] : undefined;
    if (name !== undefined) {
      const text = String(name.value);
      if (names.has(text)) problems.push(problemAt(source, name.offset, `"${text}" is here twice`));
      names.add(text);
    }
    problems.push(...repeatedNames(source, child));
  }
  return problems;
}

function nearestNode(root: Node, pointer: string): Node {
  const segments = pointer.split("/").slice(1).map(unescaped);
  let node = root;
  for (const segment of segments) {
    const step = node.type === "array" ? Number(segment) : segment;
    const next = findNodeAtLocation(node, [step]);
    if (next === undefined) break;
    node = next;
  }
  return node;
}

/** RFC 6901, 4. */
function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}
