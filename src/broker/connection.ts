import type { Dispatch, Reply } from "./dispatch.ts";
import { FrameReader } from "./frames.ts";
import type { Limits } from "./limits.ts";
import { Outbox, type Sink } from "./outbox.ts";
import type { Session } from "./parts.ts";

/** The socket under a connection, as far as the connection knows it. */
export interface Wire extends Sink {
  pause(): void;
  resume(): void;
  /** Sends what was written, then closes. */
  end(): void;
}

export interface ConnectionOptions {
  readonly wire: Wire;
  readonly nodeId: number;
  readonly clientHost: string;
  readonly session: Session;
  readonly limits: Limits;
  readonly dispatch: Dispatch;
  /** Told once when the connection had to be closed because of what came. */
  readonly onFailure: (error: unknown) => void;
}

/** Requests that wait for the one before them; more are left in the socket. */
const QUEUED_BYTES_MAX = 256 * 1024;
/** How long one client's requests are handled before the others have their turn. */
const TURN_MS_MAX = 2;
/** Answers that the client does not take; while there are more, its next request is not begun. */
const UNSENT_BYTES_MAX = 1024 * 1024;

/**
 * One client. Its requests are handled one after the other, as Apache Kafka does, and answered in that order. A client
 * that does not read its answers, or sends faster than they are handled, is not read from until it has caught up.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #outbox: Outbox;
  readonly #closing = new AbortController();
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** Whether a request is under way whose answer is still to come. */
  #busy: boolean = false;
  #paused = false;
  #goesOn: boolean = false;
  /** When bytes came or an answer went last. */
  activeAt = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#reader = new FrameReader(options.limits.frameBytes);
    this.#outbox = new Outbox(options.wire);
  }

  get session(): Session {
    return this.#options.session;
  }

  get nodeId(): number {
    return this.#options.nodeId;
  }

  get clientHost(): string {
    return this.#options.clientHost;
  }

  /** Aborted when the connection is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether it waits for an answer of ours. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Bytes of a request whose end has not come yet. */
  get heldBytes(): number {
    return this.#reader.heldBytes;
  }

  receive(chunk: Buffer): void {
    if (this.signal.aborted) return;
    const { limits, session } = this.#options;
    this.#reader.frameBytesMax = session.authenticated ? limits.frameBytes : limits.unauthenticatedFrameBytes;
    try {
      for (const frame of this.#reader.push(chunk)) {
        this.#queue.push(frame);
        this.#queuedBytes += frame.length;
      }
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#work();
  }

  /** The client has made room for more bytes. */
  drained(): void {
    if (this.signal.aborted) return;
    this.#outbox.flush();
    this.#work();
  }

  /** Closes it from our side; what was answered is still sent. */
  close(): void {
    if (this.signal.aborted) return;
    this.#outbox.flush();
    this.closed();
    this.#options.wire.end();
  }

  /** Closes it because of what came, or did not come: nobody else has anything to do with it. */
  fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.#options.onFailure(error);
    this.close();
  }

  /** The socket is gone. */
  closed(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#closing.abort();
  }

  #work(): void {
    const began = performance.now();
    for (let frame = this.#next(); frame; frame = this.#next()) {
      this.#handle(frame);
      if (performance.now() - began < TURN_MS_MAX || this.#queue.length === 0) continue;
      this.#goOnLater();
      break;
    }
    if (this.signal.aborted) return;
    this.#outbox.flush();
    this.#pauseOrResume();
  }

  /** Lets the other clients have their turn before the next of this one's requests. */
  #goOnLater(): void {
    if (this.#goesOn) return;
    this.#goesOn = true;
    setImmediate(() => {
      this.#goesOn = false;
      if (!this.signal.aborted) this.#work();
    });
  }

  /** The next request, unless the one before is under way or its answer cannot be sent. */
  #next(): Buffer | undefined {
    if (this.#busy) return undefined;
    if (this.#outbox.waitingBytes > UNSENT_BYTES_MAX) this.#outbox.flush();
    if (this.#outbox.waitingBytes > UNSENT_BYTES_MAX) return undefined;
    const frame = this.#queue.shift();
    if (frame) this.#queuedBytes -= frame.length;
    return frame;
  }

  #handle(frame: Buffer): void {
    try {
      const reply = this.#options.dispatch(frame, this);
      if (reply instanceof Promise) this.#await(reply);
      else if (reply) this.#send(reply);
    } catch (error) {
      this.fail(error);
    }
  }

  #send(pieces: Buffer[]): void {
    this.#outbox.add(pieces);
    if (this.session.refused) this.close();
  }

  #await(reply: Promise<Reply>): void {
    this.#busy = true;
    reply.then(
      (pieces) => {
        this.#busy = false;
        if (this.signal.aborted) return;
        if (pieces) this.#send(pieces);
        this.#work();
      },
      (error) => {
        this.#busy = false;
        this.fail(error);
      },
    );
  }

  #pauseOrResume(): void {
    const full = this.#queuedBytes > QUEUED_BYTES_MAX || this.#outbox.waitingBytes > UNSENT_BYTES_MAX;
    if (full === this.#paused || this.signal.aborted) return;
    this.#paused = full;
    if (full) this.#options.wire.pause();
    else this.#options.wire.resume();
  }
}
