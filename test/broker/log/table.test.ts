import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { memoryFiles, openTable } from "../../../src/broker/log/index.ts";

const entriesOf = (files: ReturnType<typeof memoryFiles>, path = "t"): Record<string, unknown> =>
  Object.fromEntries(openTable(files, path).entries);

describe("a table", () => {
  test("has what was changed, also after it is opened again", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    table.change([
      ["a", 1],
      ["b", { c: [true, null, "ü"] }],
    ]);
    table.change([
      ["a", undefined],
      ["d", ""],
    ]);
    expect(Object.fromEntries(table.entries)).toEqual({ b: { c: [true, null, "ü"] }, d: "" });
    expect(entriesOf(files)).toEqual({ b: { c: [true, null, "ü"] }, d: "" });
  });

  test("keeps null, and deletes undefined", () => {
    const files = memoryFiles();
    openTable(files, "t").change([["a", null]]);
    expect(entriesOf(files)).toEqual({ a: null });
    openTable(files, "t").change([["a", undefined]]);
    expect(entriesOf(files)).toEqual({});
  });

  test("that was cut anywhere in the last change has all of the changes before it, and goes on from there", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    table.change([["a", 1]]);
    const whole = files.open("t").size;
    table.change([
      ["b", 2],
      ["a", 3],
    ]);
    for (let size = whole; size < files.open("t").size; size++) {
      const cut = files.copy();
      cut.open("t").truncate(size);
      expect(entriesOf(cut)).toEqual({ a: 1 });
      openTable(cut, "t").change([["c", 4]]);
      expect(entriesOf(cut)).toEqual({ a: 1, c: 4 });
    }
  });

  test("whose bytes were changed is read up to there", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    table.change([["a", 1]]);
    table.change([["b", 2]]);
    const bytes = Buffer.from(files.open("t").read(0, 1000));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 3) ^ 1, bytes.length - 3);
    files.remove("t");
    files.open("t").append([bytes]);
    expect(entriesOf(files)).toEqual({ a: 1 });
  });

  test("whose bytes were changed before its end is refused, and left as it is", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    for (let at = 0; at < 3; at++) table.change([[`k${at}`, at]]);
    const whole = Buffer.from(files.open("t").read(0, 1000));
    const length = whole.length / 3;
    for (let at = 0; at < 2 * length; at++) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      files.remove("t");
      files.open("t").append([bytes]);
      expect(() => openTable(files, "t")).toThrow(`t is damaged at byte ${at < length ? 0 : length}`);
      expect(files.open("t").size).toBe(whole.length);
    }
  });

  test("stays as it was where the disk refuses", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    table.change([["a", 1]]);
    files.failNextWrite();
    expect(() => table.change([["a", 2]])).toThrow("cannot be written");
    expect(Object.fromEntries(table.entries)).toEqual({ a: 1 });
    table.change([["b", 3]]);
    expect(entriesOf(files)).toEqual({ a: 1, b: 3 });
  });

  test("that is changed over and over does not grow", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    for (let at = 0; at < 20_000; at++) table.change([[`k${at % 10}`, `value ${at}`]]);
    expect(files.open("t").size).toBeLessThan(128 * 1024);
    expect(entriesOf(files)).toEqual(Object.fromEntries(table.entries));
    expect(files.list("")).toEqual(["t"]);
  });

  test("goes on in the old file where it could not be rewritten", () => {
    const files = memoryFiles();
    const table = openTable(files, "t");
    for (let at = 0; at < 20_000; at++) {
      if (at % 100 === 0) files.failNextSync();
      table.change([["k", at]]);
    }
    expect(entriesOf(files)).toEqual({ k: 19_999 });
  });

  test("agrees with a map, whatever is done to it", () => {
    const change = fc.tuple(fc.constantFrom("a", "b", "c"), fc.option(fc.jsonValue(), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 20 }), (steps) => {
        const files = memoryFiles();
        const table = openTable(files, "t");
        const model = new Map<string, unknown>();
        for (const step of steps) {
          table.change(step);
          for (const [key, value] of step) value === undefined ? model.delete(key) : model.set(key, value);
        }
        expect(JSON.stringify(entriesOf(files))).toBe(JSON.stringify(Object.fromEntries(model)));
      }),
    );
  });
});
