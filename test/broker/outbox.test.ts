import { expect, test } from "bun:test";
import fc from "fast-check";
import { Outbox } from "../../src/broker/outbox.ts";

/** Takes so many bytes until it is drained. */
function slowSink(room: number) {
  const taken: Buffer[] = [];
  let left = room;
  return {
    taken,
    drain: () => {
      left = room;
    },
    write: (bytes: Buffer) => {
      const part = bytes.subarray(0, left);
      left -= part.length;
      taken.push(Buffer.from(part));
      return part.length;
    },
  };
}

test("everything arrives once and in order, whatever the socket takes at a time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 4 })),
      fc.integer({ min: 1, max: 50_000 }),
      (sends, room) => {
        const sink = slowSink(room);
        const outbox = new Outbox(sink);
        for (const pieces of sends) {
          outbox.add(pieces.map((piece) => Buffer.from(piece)));
          if (pieces.length % 2 === 0) outbox.flush();
        }
        while (outbox.waitingBytes > 0) {
          sink.drain();
          outbox.flush();
        }
        expect(Buffer.concat(sink.taken).equals(Buffer.concat(sends.flat()))).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test("small pieces go out in one write, large ones are not copied", () => {
  const writes: Buffer[] = [];
  const outbox = new Outbox({
    write: (bytes) => {
      writes.push(bytes);
      return bytes.length;
    },
  });
  const large = Buffer.alloc(100_000);
  outbox.add([Buffer.from("a")]);
  outbox.add([Buffer.from("b"), large, Buffer.from("c")]);
  outbox.flush();
  expect(writes.map(({ length }) => length)).toEqual([2, 100_000, 1]);
  expect(writes[1]).toBe(large);
});

test("what a closed socket does not take stays where it is", () => {
  const outbox = new Outbox({ write: () => -1 });
  outbox.add([Buffer.from("abc")]);
  outbox.flush();
  expect(outbox.waitingBytes).toBe(3);
});
