import { expect, test } from "bun:test";
import { frame, unframe } from "../../src/avro/index.ts";
import { bytes, decodeErrorOf } from "./support.ts";

test("a frame is a zero, the id in four bytes, and the payload", () => {
  expect(frame(258, Buffer.of(9))).toEqual(bytes("00 00000102 09"));
  expect(unframe(bytes("00 00000102 09"))).toEqual({ schemaId: 258, payload: Buffer.of(9) });
  expect(unframe(frame(2 ** 31 - 1, Buffer.of())).schemaId).toBe(2 ** 31 - 1);
});

test.each([
  ["", "TOO_SHORT"],
  ["00", "TOO_SHORT"],
  ["00 000001", "TOO_SHORT"],
  ["01 00000001 02", "WRONG_MAGIC_BYTE"],
  ["7b", "WRONG_MAGIC_BYTE"],
  ["00 ffffffff 02", "CORRUPT"],
])("bytes %j are no frame: %s", (hex, kind) => {
  expect<string>(decodeErrorOf(() => unframe(bytes(hex)))).toBe(kind);
});

test.each([-1, 1.5, 2 ** 31, Number.NaN])("%d is no schema id", (id) => {
  expect(() => frame(id, Buffer.of())).toThrow(RangeError);
});
