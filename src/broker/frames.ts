import { ProtocolError } from "./protocol/index.ts";

const SIZE_BYTES = 4;

/**
 * Cuts a byte stream into Kafka's frames: four bytes of size, then that many bytes. What is held is never more than what
 * has come, whatever size the other side claims.
 */
export class FrameReader {
  /** The largest frame that is taken. */
  frameBytesMax: number;
  #chunks: Buffer[] = [];
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
    this.#heldBytes += chunk.length;
    this.#chunks.push(chunk);
    // Joining on every chunk would copy a large frame hundreds of times.
    if (this.#heldBytes < this.#wantedBytes) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#heldBytes);
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
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#heldBytes = bytes.length - at;
    return frames;
  }

  #sizeAt(bytes: Buffer, at: number): number {
    const size = bytes.readInt32BE(at);
    if (size < 0 || size > this.frameBytesMax) {
      throw new ProtocolError(`a frame claims ${size} bytes; the limit is ${this.frameBytesMax}`);
    }
    return size;
  }
}
