import { describe, expect, test } from "bun:test";
import { Call } from "../../../src/registry/server/call.ts";

const callWith = (query: string, params: Record<string, string> = {}) =>
  new Call({ params, query: new URLSearchParams(query), body: undefined });

describe("a page of a list", () => {
  test.each([
    ["", [1, 2, 3]],
    ["limit=2", [1, 2]],
    ["limit=9", [1, 2, 3]],
    ["limit=-1", [1, 2, 3]],
    ["offset=1", [2, 3, 4]],
    ["offset=-5&limit=1", [1]],
    ["offset=9", []],
    ["offset=&limit=", [1, 2, 3]],
  ])("%p is what is asked for, no more than the call gives", (query, page) => {
    expect(callWith(query).page([1, 2, 3, 4], { max: 3 })).toEqual(page);
  });
});

test.each([
  ["true", true],
  ["TRUE", true],
  ["false", false],
  ["1", false],
  ["", false],
])("a flag of %p is %p, as in Java", (text, flag) => {
  expect(callWith(`deleted=${text}`).flag("deleted")).toBe(flag);
});

test.each([
  ["1", 1],
  ["+2", 2],
  [" 3 ", 3],
  ["2147483647", 2_147_483_647],
  ["latest", -1],
  ["-1", -1],
])("%p is a version", (version, number) => {
  expect(callWith("", { version }).version()).toBe(number);
});

test.each(["0", "-2", "1.5", "2147483648", "", "last"])("%p is no version", (version) => {
  expect(() => callWith("", { version }).version()).toThrow(
    `The specified version '${version}' is not a valid version id.`,
  );
});
