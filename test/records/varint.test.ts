import { expect, test } from "bun:test";
import fc from "fast-check";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { varintSize, writeVarint, writeVarlong } from "../../src/records/index.ts";

const EDGES = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)];

const written = (write: (into: Uint8Array, at: number) => number) => {
  const into = Buffer.alloc(16);
  return into.subarray(0, write(into, 0)).toString("hex");
};

test("varints are kafkajs's, and as long as their size says", () => {
  const check = (value: number) => {
    const ours = written((into, at) => writeVarint(into, at, value));
    expect(ours).toBe(new Encoder().writeVarInt(value).buffer.toString("hex"));
    expect(ours.length / 2).toBe(varintSize(value));
  };
  EDGES.forEach(check);
  fc.assert(fc.property(fc.integer(), check));
});

test("varlongs are kafkajs's, up to what a number holds", () => {
  const check = (value: number) => {
    const theirs = new Encoder().writeVarLong(String(value)).buffer.toString("hex");
    expect(written((into, at) => writeVarlong(into, at, value))).toBe(theirs);
  };
  [...EDGES, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].forEach(check);
  fc.assert(fc.property(fc.maxSafeInteger(), check));
});
