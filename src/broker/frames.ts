import { ProtocolError } from "./protocol/index.ts";

const SIZE_BYTES = 4;
/** Chunks smaller than a quarter of it are gathered in blocks of this size: a client may send a byte at a time. */
const BLOCK_BYTES = 16 * 1024;

/**
 * Cuts a byte stream into Kafka's frames: four bytes of size, then that many bytes. What is held is never more than what
 * has come, whatever size the other side claims.
 */
export class FrameReader {
  /** The largest frame that is taken. */
  frameBytesMax: number;
  #chunks: Buffer[] = [];
  /** The chunk that small ones are gathered in, the last of all. */
  #block: Buffer | undefined;
  #blockBytes = 0;
  #heldBytes = 0;
  /** How many bytes must be held before the next frame can be cut, or its size read. */
  #wantedBytes = SIZE_BYTES;

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  /** Bytes of a frame whose end has not come yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes the next bytes and gives the frames that they complete; throws a ProtocolError at a size that cannot be. */
  push(chunk: Buffer): Buffer[] {
    // Joining on every chunk would copy a large frame hundreds of times.
    if (this.#heldBytes + chunk.length < this.#wantedBytes) {
      this.#hold(chunk);
      return [];
    }
    const bytes = this.#heldBytes === 0 ? chunk : Buffer.concat([...this.#taken(), chunk]);
    const frames: Buffer[] = [];
    let at = 0;
    this.#wantedBytes = SIZE_BYTES;
    while (bytes.length - at >= SIZE_BYTES) {
      const size = this.#sizeAt(bytes, at);
      if (bytes.length - at < SIZE_BYTES + size) {
        this.#wantedBytes = SIZE_BYTES + size;
        break;
      }
      frames.push(bytes.subarray(at + SIZE_BYTES, at + SIZE_BYTES + size));
      at += SIZE_BYTES + size;
    }
    if (at < bytes.length) this.#hold(bytes.subarray(at));
    return frames;
  }

  #hold(chunk: Buffer): void {
    this.#heldBytes += chunk.length;
    if (chunk.length >= BLOCK_BYTES / 4) {
      this.#cutBlock();
      this.#chunks.push(chunk);
      return;
    }
    if (this.#blockBytes + chunk.length > BLOCK_BYTES) this.#cutBlock();
    this.#block ??= Buffer.allocUnsafe(BLOCK_BYTES);
    this.#blockBytes += chunk.copy(this.#block, this.#blockBytes);
  }

  #cutBlock(): void {
    if (this.#block) this.#chunks.push(this.#block.subarray(0, this.#blockBytes));
    this.#block = undefined;
    this.#blockBytes = 0;
  }

  /** Everything held, which is held no more. */
  #taken(): Buffer[] {
    this.#cutBlock();
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#heldBytes = 0;
    return chunks;
  }

  #sizeAt(bytes: Buffer, at: number): number {
    const size = bytes.readInt32BE(at);
    if (size < 0 || size > this.frameBytesMax) {
      throw new ProtocolError(`a frame claims ${size} bytes; the limit is ${this.frameBytesMax}`);
    }
    return size;
  }
}
