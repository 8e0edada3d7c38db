import { expect, test } from "bun:test";
import { advanced, identityOf, renewed, rewound } from "../../../src/kafka/producer/identity.ts";

test("sequence numbers go round after 2^31 - 1, as the broker's do", () => {
  const last = { ...identityOf(1n), nextSequence: 2 ** 31 - 2 };
  expect(advanced(last, 1).nextSequence).toBe(2 ** 31 - 1);
  expect(advanced(last, 2).nextSequence).toBe(0);
  expect(advanced(last, 5).nextSequence).toBe(3);
});

test("a new identity is the next epoch at sequence 0, until the epochs are used up", () => {
  expect(renewed({ producerId: 1n, producerEpoch: 0, nextSequence: 9 })).toEqual({
    producerId: 1n,
    producerEpoch: 1,
    nextSequence: 0,
  });
  expect(renewed({ producerId: 1n, producerEpoch: 32_766, nextSequence: 9 })).toBeUndefined();
});

test("the numbers of a batch that was not stored are free again", () => {
  const before = { ...identityOf(1n), nextSequence: 5 };
  expect(rewound(advanced(before, 3), { producerId: 1n, producerEpoch: 0, baseSequence: 5 })).toEqual(before);
});
