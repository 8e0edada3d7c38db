/** A merge conflict that git has left in a text. */
export interface Conflict {
  /** Of its first marker, in characters. */
  readonly offset: number;
  /** The lines of the first conflict, markers included, counted from 1. */
  readonly lines: { readonly first: number; readonly last: number };
  /** The text with one side kept and the rest blank, so that all that is left stands where it stood. */
  readonly oneSide: string;
}

/** Markers begin a line and are seven characters: in JSON and YAML nothing else can look like that. */
const MARKER = /^(?:<{7}|\|{7}|>{7})(?: .*)?\r?$|^={7}\r?$/gm;

/** The first conflict in a text, if there is one. */
export function conflictIn(text: string): Conflict | undefined {
  const markers = [...text.matchAll(MARKER)];
  const [first] = markers;
  if (first === undefined) return undefined;
  const last = markers.find(({ 0: marker, index }) => marker.startsWith(">") && index > first.index) ?? first;
  return {
    offset: first.index,
    lines: { first: lineOf(text, first.index), last: lineOf(text, last.index) },
    oneSide: oneSideOf(text, markers),
  };
}

/** What is told of it. */
export function conflictText({ lines }: Conflict): string {
  return `a merge conflict that is not resolved, from line ${lines.first} to ${lines.last}: keep what is right of both sides, and delete the lines of the markers`;
}

/** Keeps what comes first: our own side of a merge, what was there of a rebase. */
function oneSideOf(text: string, markers: readonly RegExpExecArray[]): string {
  let kept = "";
  let end = 0;
  let isKept = true;
  for (const { 0: marker, index } of markers) {
    const before = text.slice(end, index);
    kept += (isKept ? before : blank(before)) + blank(marker);
    end = index + marker.length;
    isKept = marker.startsWith("<") || marker.startsWith(">");
  }
  return kept + (isKept ? text.slice(end) : blank(text.slice(end)));
}

const blank = (text: string): string => text.replace(/[^\r\n]/g, " ");

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
