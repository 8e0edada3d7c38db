import { describe, expect, test } from "bun:test";
import { jsonOf } from "../../src/client/json.ts";

// That it means to the codec what the event means, for every value of a type: test/avro/typescript/corpus.test.ts.
describe("an event's JSON", () => {
  test.each([
    [{ bytes: Uint8Array.of(1, 2, 3), buffer: Buffer.of(255) }, '{"bytes":"AQID","buffer":"/w=="}'],
    [{ at: new Date(0), none: new Date(Number.NaN) }, '{"at":"1970-01-01T00:00:00.000Z","none":"Invalid Date"}'],
    [{ small: 5n, large: 9_223_372_036_854_775_807n }, '{"small":5,"large":"9223372036854775807"}'],
    [[Number.NaN, Number.POSITIVE_INFINITY, 1.5], '["NaN","Infinity",1.5]'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [undefined, "null"],
  ])("of %p is %s", (event, json) => expect(jsonOf(event)).toBe(json));
});
