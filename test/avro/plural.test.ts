import { expect, test } from "bun:test";
import { plural } from "../../src/avro/index.ts";

test("one is told in the singular, any other number in the plural", () => {
  expect([0, 1, 2].map((count) => plural(count, "byte"))).toEqual(["0 bytes", "1 byte", "2 bytes"]);
});
