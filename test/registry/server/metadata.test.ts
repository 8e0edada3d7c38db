import { expect, test } from "bun:test";
import {
  mergeMetadata,
  reservedFields,
  sortedMetadata,
  versionIn,
  withoutVersion,
  withVersion,
} from "../../../src/registry/server/metadata.ts";

test("metadata is sorted, without duplicates and without what is empty", () => {
  const metadata = sortedMetadata({
    tags: { z: ["b", "a", "b"], y: [] },
    properties: { b: "1", a: "2" },
    sensitive: ["s", "r", "s"],
  });
  expect(JSON.stringify(metadata)).toBe(
    '{"tags":{"y":[],"z":["a","b"]},"properties":{"a":"2","b":"1"},"sensitive":["r","s"]}',
  );
  expect(sortedMetadata({ tags: {}, properties: {}, sensitive: [] })).toEqual({});
});

test("the later metadata wins where both say something", () => {
  const merged = mergeMetadata({ properties: { a: "1", b: "1" } }, { properties: { b: "2" }, sensitive: ["b"] });
  expect(merged).toEqual({ properties: { a: "1", b: "2" }, sensitive: ["b"] });
  expect(mergeMetadata(undefined, { sensitive: ["b"] })).toEqual({ sensitive: ["b"] });
  expect(mergeMetadata(undefined, undefined)).toBeUndefined();
});

test("a version is put in, read and taken out", () => {
  const metadata = withVersion({ properties: { a: "1" } }, 3);
  expect(versionIn(metadata)).toBe(3);
  expect(withoutVersion(metadata)).toEqual({ properties: { a: "1" } });
  expect(versionIn({ properties: { "confluent:version": "x" } })).toBeUndefined();
});

test("reserved fields are listed with commas", () => {
  expect(reservedFields({ properties: { "confluent:reserved": " a,b ,, a" } })).toEqual(["a", "b"]);
  expect(reservedFields(undefined)).toEqual([]);
});
