import { expect, test } from "bun:test";
import crc32cOfKafkajs from "kafkajs/src/protocol/recordBatch/crc32C/index.js";
import { crc32c } from "../../src/records/index.ts";

// RFC 3720, B.4, and the check value of the CRC catalogue.
test.each([
  ["00".repeat(32), 0x8a9136aa],
  ["ff".repeat(32), 0x62a8ab43],
  [Buffer.from("123456789").toString("hex"), 0xe3069283],
  ["", 0],
])("the CRC-32C of %s is the published one", (hex, crc) => {
  expect(crc32c(Buffer.from(hex, "hex"))).toBe(crc);
});

test("every length agrees with kafkajs", () => {
  const bytes = Buffer.from(Array.from({ length: 100 }, (_, index) => (index * 151 + 7) & 0xff));
  for (let length = 0; length <= bytes.length; length++) {
    expect(crc32c(bytes.subarray(0, length))).toBe(crc32cOfKafkajs(bytes.subarray(0, length)));
  }
});
