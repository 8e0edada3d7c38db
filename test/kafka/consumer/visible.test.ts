import { expect, test } from "bun:test";
import { visibleFrames } from "../../../src/kafka/consumer/visible.ts";
import { scanRecordSet } from "../../../src/kafka/records/decode.ts";
import { golden } from "../../support/golden.ts";

// Offsets 0 and 1 are of an aborted transaction of producer 5, 2 is of nobody's, 3 is the abort marker, 4 is of a
// committed transaction of producer 5, 5 is its marker.
const recordSet = golden("record-batch/transactions.hex");
const { frames } = scanRecordSet(recordSet);

const visible = (aborted: { producerId: bigint; firstOffset: bigint }[]) =>
  visibleFrames({ recordSet, aborted }, frames).map(({ baseOffset }) => baseOffset);

test("records of aborted transactions and all markers are left out", () => {
  expect(visible([{ producerId: 5n, firstOffset: 0n }])).toEqual([2n, 4n]);
});

test("where nothing was aborted only the markers are", () => {
  expect(visible([])).toEqual([0n, 2n, 4n]);
});

test("another producer's aborted transaction hides nothing of this one", () => {
  expect(visible([{ producerId: 6n, firstOffset: 0n }])).toEqual([0n, 2n, 4n]);
});

test("a transaction is hidden from its first offset on, whatever order the answer names them in", () => {
  const aborted = [
    { producerId: 5n, firstOffset: 4n },
    { producerId: 5n, firstOffset: 0n },
  ];

  expect(visible(aborted)).toEqual([2n]);
});
