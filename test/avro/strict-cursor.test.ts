import { describe, expect, test } from "bun:test";
import { createDecoder, parseSchema } from "../../src/avro/index.ts";
import { bytes, decodeErrorOf } from "./support.ts";

const uuid = { type: "string", logicalType: "uuid" };
const strict = (schema: unknown) => createDecoder(parseSchema(schema), parseSchema(schema), { strict: true });
const plain = (schema: unknown) => createDecoder(parseSchema(schema), parseSchema(schema));
const textOf = (text: string) => Buffer.concat([Buffer.of(2 * text.length), Buffer.from(text, "latin1")]);

describe("what is about to be stored", () => {
  test("is text in UTF-8", () => {
    expect(strict("string")(bytes("04 c3a9"))).toBe("é");
    expect(decodeErrorOf(() => strict("string")(bytes("04 fffe")))).toBe("CORRUPT");
  });

  test("has keys in UTF-8", () => {
    expect(decodeErrorOf(() => strict({ type: "map", values: "int" })(bytes("02 04 fffe 02 00")))).toBe("CORRUPT");
  });

  test("has a uuid where one is declared, in any place", () => {
    const id = "0194f7c2-1a2b-7c3d-8e4f-000000000001";
    expect(strict(uuid)(textOf(id))).toBe(id);
    expect(decodeErrorOf(() => strict(uuid)(textOf("nope")))).toBe("INVALID_UUID");
    const optional = { type: "record", name: "R", fields: [{ name: "id", type: ["null", uuid] }] };
    expect(decodeErrorOf(() => strict(optional)(Buffer.concat([Buffer.of(2), textOf("nope")])))).toBe("INVALID_UUID");
  });

  test("may be short", () => {
    expect(decodeErrorOf(() => strict("string")(bytes("08 6162")))).toBe("TOO_SHORT");
  });
});

test("what is stored already is read as it is", () => {
  expect(plain(uuid)(textOf("nope"))).toBe("nope");
  expect(plain("string")(bytes("04 fffe"))).toBe("\ufffd\ufffd");
});
