import { describe, expect, test } from "bun:test";
import { contextNamed, subjectOf, textOf, within } from "../../../src/registry/server/names.ts";

describe("a subject's name", () => {
  test.each([
    ["a", ".", "a", "a"],
    ["", ".", "", ""],
    [":.x:a", ".x", "a", ":.x:a"],
    [":.x:a:b", ".x", "a:b", ":.x:a:b"],
    [":.x:", ".x", "", ":.x:"],
    [":.x", ".x", "", ":.x:"],
    [":.:a", ".", "a", "a"],
    [":*:a", "*", "a", ":*:a"],
    [":a", ".", ":a", ":a"],
    ["a:.x:b", ".", "a:.x:b", "a:.x:b"],
  ])("%p is in context %p under %p", (text, context, name, written) => {
    expect(subjectOf(text)).toEqual({ context, name });
    expect(textOf({ context, name })).toBe(written);
  });

  test.each([
    [".x", "a", ":.x:a"],
    [".x", ":.y:a", ":.y:a"],
    [".x", ":.:a", "a"],
    [".", "a", "a"],
  ])("in context %p, %p means %p", (context, text, meant) => {
    expect(within(context, text)).toBe(meant);
  });

  test.each(["x", ".x", ":.x:", ":.x", ".x:"])("%p names one context", (text) => {
    expect(contextNamed(text)).toBe(".x");
  });
});
