import { expect, test } from "bun:test";
import fc from "fast-check";
import { ANSWER_BYTES_MAX, FrameReader } from "../../src/kafka/frames.ts";

function framed(body: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

test("the same frames come out, however the stream is cut", () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 4, maxLength: 40 }), { maxLength: 8 });
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(bodies, cuts, (sent, lengths) => {
      const frames: Buffer[] = [];
      const reader = new FrameReader((frame) => frames.push(frame));
      let rest = Buffer.concat(sent.map(framed));
      for (const length of lengths) {
        reader.push(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
      reader.push(rest);
      expect(frames.map((frame) => [...frame])).toEqual(sent.map((body) => [...body]));
      expect(reader.within).toBe(false);
    }),
  );
});

test("a frame that has begun is known to have begun, from its first byte on", () => {
  const reader = new FrameReader(() => {});
  const bytes = framed(Buffer.from("answer"));
  for (const byte of bytes.subarray(0, -1)) {
    reader.push(Buffer.of(byte));
    expect(reader.within).toBe(true);
  }
  reader.push(bytes.subarray(-1));
  expect(reader.within).toBe(false);
});

test.each([-1, 0, 3, ANSWER_BYTES_MAX + 1, 0x7fffffff])(
  "a size of %d is refused, and nothing is allocated for it",
  (size) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(size);
    expect(() => new FrameReader(() => {}).push(bytes)).toThrow(/MALFORMED_ANSWER/);
  },
);
