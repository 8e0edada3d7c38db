import { expect, test } from "bun:test";
import fc from "fast-check";
import { KafkaError } from "../../src/kafka/index.ts";
import { metadataRequest } from "../../src/kafka/metadata.ts";
import { produceRequest } from "../../src/kafka/producer/produce-request.ts";
import { WireReader, WireWriter } from "../../src/kafka/wire.ts";

test("what is written is read again", () => {
  const bytes = new WireWriter(1)
    .int8(-1)
    .int16(-2)
    .int32(-3)
    .int64(-4n)
    .boolean(true)
    .string("ä")
    .nullableString(null)
    .bytes(Buffer.from("b"))
    .array([1, 2], (item, to) => to.int16(item))
    .done();
  const from = new WireReader(Buffer.from(bytes));
  expect([from.int8(), from.int16(), from.int32(), from.int64(), from.boolean()]).toEqual([-1, -2, -3, -4n, true]);
  expect([from.string(), from.nullableString(), String(from.nullableBytes())]).toEqual(["ä", null, "b"]);
  expect(from.array((each) => each.int16())).toEqual([1, 2]);
  expect(from.remaining()).toBe(0);
});

test.each([metadataRequest(["a"]), produceRequest([], 1)])(
  "random bytes for an answer to %p are an error with a name",
  async (request) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        try {
          await request.decode(Buffer.from(bytes), request.versions[1]);
        } catch (error) {
          expect(error).toBeInstanceOf(KafkaError);
        }
      }),
      { numRuns: 300 },
    );
  },
);

test("an array that claims two billion elements is refused before anything is allocated", () => {
  const bytes = new WireWriter().int32(2 ** 31 - 1).done();
  expect(() => new WireReader(Buffer.from(bytes)).array((from) => from.int8())).toThrow(
    expect.objectContaining({ kind: "MALFORMED_ANSWER" }),
  );
});
