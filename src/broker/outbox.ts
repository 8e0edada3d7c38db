/** The part of a socket that writing needs: it takes what fits, answers how many bytes that was, and -1 once closed. */
export interface Sink {
  write(bytes: Buffer): number;
}

/** Pieces up to this size together are joined before they are written; a larger one is worth a system call of its own. */
const JOINED_BYTES_MAX = 16 * 1024;

/** What is to be sent on a connection, in order. It keeps what the socket does not take until the socket drains. */
export class Outbox {
  readonly #sink: Sink;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Bytes that are not written yet, or for which the other side has not made room. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Keeps pieces for the next `flush`: answers that are ready together cost one system call, not one each. */
  add(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#waiting.push(piece);
      this.#waitingBytes += piece.length;
    }
  }

  /** Writes as much as the socket takes. */
  flush(): void {
    if (this.#waitingBytes === 0) return;
    const pieces = joined(this.#waiting);
    let sent = 0;
    for (const piece of pieces) {
      const written = Math.max(this.#sink.write(piece), 0);
      this.#waitingBytes -= written;
      if (written < piece.length) {
        pieces[sent] = piece.subarray(written);
        break;
      }
      sent += 1;
    }
    this.#waiting = sent === pieces.length ? [] : pieces.slice(sent);
  }
}

/** Neighbours that are small become one piece. */
function joined(pieces: Buffer[]): Buffer[] {
  if (pieces.length < 2) return pieces;
  const result: Buffer[] = [];
  let small: Buffer[] = [];
  let smallBytes = 0;
  const cut = () => {
    const [only] = small;
    if (only) result.push(small.length === 1 ? only : Buffer.concat(small, smallBytes));
    small = [];
    smallBytes = 0;
  };
  for (const piece of pieces) {
    if (smallBytes + piece.length > JOINED_BYTES_MAX) cut();
    small.push(piece);
    smallBytes += piece.length;
  }
  cut();
  return result;
}
