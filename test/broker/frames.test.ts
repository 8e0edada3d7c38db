import { expect, test } from "bun:test";
import fc from "fast-check";
import { FrameReader } from "../../src/broker/frames.ts";
import { ProtocolError } from "../../src/broker/protocol/index.ts";

const framed = (text: string): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(text.length);
  return Buffer.concat([size, Buffer.from(text)]);
};
const claiming = (size: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(size);
  return bytes;
};

test("frames come out whole and in order, however the bytes were cut", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme-ascii", maxLength: 40 })), fc.array(fc.nat(30)), (texts, cuts) => {
      const reader = new FrameReader(1_000);
      const frames: string[] = [];
      let rest = Buffer.concat(texts.map(framed));
      for (const cut of [...cuts, rest.length]) {
        frames.push(...reader.push(rest.subarray(0, cut)).map(String));
        rest = rest.subarray(cut);
      }
      expect(frames).toEqual(texts);
      expect(reader.heldBytes).toBe(0);
    }),
  );
});

test("a frame as large as the limit is taken, one byte more is refused by its size alone", () => {
  expect(new FrameReader(10).push(framed("x".repeat(10))).map(String)).toEqual(["x".repeat(10)]);
  expect(() => new FrameReader(10).push(claiming(11))).toThrow(
    new ProtocolError("a frame claims 11 bytes; the limit is 10"),
  );
});

test("a size below 0 is refused", () => {
  expect(() => new FrameReader(10).push(claiming(-1))).toThrow(ProtocolError);
});

test("a frame that is long in coming is joined once: its bytes are held and not copied meanwhile", () => {
  const reader = new FrameReader(1 << 30);
  reader.push(claiming(100_000_000));
  const began = performance.now();
  // Copying what is held with each chunk would be 300 GB in all.
  for (let sent = 0; sent < 99_000_000; sent += 16_500) reader.push(Buffer.alloc(16_500));
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(reader.heldBytes).toBe(4 + 99_000_000);
});
