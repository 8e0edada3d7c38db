import { expect, test } from "bun:test";
import { bytes, codecOf, problemsOf, roundTrip } from "./support.ts";

const id = "0194f7c2-1a2b-7c3d-8e4f-0123456789ab";

test("a uuid on a string is checked, and kept as it came", () => {
  const codec = codecOf({ type: "string", logicalType: "uuid" });
  expect(roundTrip(codec, id)).toBe(id);
  expect(roundTrip(codec, id.toUpperCase())).toBe(id.toUpperCase());
});

test("a uuid on a fixed of 16 is its bytes", () => {
  const codec = codecOf({ type: "fixed", name: "Id", size: 16, logicalType: "uuid" });
  expect(codec.encode(id)).toEqual(bytes(id.replaceAll("-", "")));
  expect(roundTrip(codec, id)).toBe(id);
  expect(roundTrip(codec, bytes(id.replaceAll("-", "")))).toBe(id);
});

test.each(["0194f7c2", `${id}0`, `{${id}}`, id.replace("0", "g"), "", 5, null])("%p is no uuid", (value) => {
  for (const schema of [
    { type: "string", logicalType: "uuid" },
    { type: "fixed", name: "Id", size: 16, logicalType: "uuid" },
  ]) {
    expect(problemsOf(codecOf(schema), value)[""]).toStartWith("expected a UUID like");
  }
});
