/** The part of avsc 5.7.9 that reads and writes bytes. avsc's own types leave it out. */
declare module "avsc/lib/utils.js" {
  export class Tap {
    constructor(buf: Buffer, pos?: number);
    buf: Buffer;
    pos: number;
    isValid(): boolean;
    readFloat(): number;
    readDouble(): number;
    readString(): string;
    writeBoolean(value: boolean): void;
    writeInt(value: number): void;
    writeLong(value: number): void;
    writeFloat(value: number): void;
    writeDouble(value: number): void;
    writeFixed(value: Buffer, length?: number): void;
    writeBytes(value: Buffer): void;
    writeString(value: string): void;
  }
}

/** Node's own fast path below `toString("utf8", …)`, which Bun has as well; avsc uses it too. */
interface Buffer {
  utf8Slice(start: number, end: number): string;
}
