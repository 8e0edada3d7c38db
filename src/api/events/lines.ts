import { plural } from "../../avro/index.ts";
import { Problem } from "../problems.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Cuts a stream of bytes into lines; what is left of the last piece waits for the next. */
export class LineSplitter {
  readonly #bytesMax: number;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The lines that end in this piece, without their ends; blank lines are left out. BODY_TOO_LARGE comes along where
   * a line is longer than the limit, ended or not: the splitter is of no use after that.
   */
  push(piece: Uint8Array): { lines: Uint8Array[]; problem: Problem | undefined } {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let to = piece.indexOf(NEWLINE); to >= 0; to = piece.indexOf(NEWLINE, from)) {
      if (!this.#hold(piece.subarray(from, to))) return { lines, problem: this.#tooLong() };
      this.#cut(lines);
      from = to + 1;
    }
    const fits = this.#hold(piece.subarray(from));
    return { lines, problem: fits ? undefined : this.#tooLong() };
  }

  /** The last line, which needs no end. */
  end(): Uint8Array[] {
    const lines: Uint8Array[] = [];
    this.#cut(lines);
    return lines;
  }

  #hold(bytes: Uint8Array): boolean {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#bytesMax) return false;
    if (bytes.length > 0) this.#held.push(bytes);
    return true;
  }

  #cut(lines: Uint8Array[]): void {
    const [only, ...more] = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    if (only === undefined) return;
    const line = more.length === 0 ? only : Buffer.concat([only, ...more]);
    const end = line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
    if (!isBlank(line, end)) lines.push(line.subarray(0, end));
  }

  #tooLong(): Problem {
    return new Problem(
      "BODY_TOO_LARGE",
      `a line has ${plural(this.#bytesMax, "byte")} at most; the rest was not read`,
      {
        members: { bytesMax: this.#bytesMax },
        headers: { connection: "close" },
      },
    );
  }
}

/** Generators put a blank line at the end or between events. Space and tab are all that counts as blank. */
function isBlank(line: Uint8Array, end: number): boolean {
  for (let at = 0; at < end; at++) if (line[at] !== 0x20 && line[at] !== 0x09) return false;
  return true;
}
