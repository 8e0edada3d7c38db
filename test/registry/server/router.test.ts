import { expect, test } from "bun:test";
import { Router } from "../../../src/registry/server/router.ts";

function routerOf(...paths: readonly string[]) {
  const router = new Router<string>();
  for (const path of paths) router.add("GET", path, path);
  return (path: string) => {
    const found = router.find(path);
    return found && [found.values.get("GET"), found.params];
  };
}

test("a text goes before a name, and a name takes what the text leads nowhere with", () => {
  const find = routerOf("/s/:one", "/s/types", "/s/:one/versions", "/s/types/all");
  expect(find("/s/types")).toEqual(["/s/types", {}]);
  expect(find("/s/other")).toEqual(["/s/:one", { one: "other" }]);
  expect(find("/s/types/versions")).toEqual(["/s/:one/versions", { one: "types" }]);
  expect(find("/s/types/versions/1")).toBeUndefined();
});

test("parts are decoded one by one", () => {
  const find = routerOf("/:one/:two");
  expect(find("/a%2Fb/c+d")).toEqual(["/:one/:two", { one: "a/b", two: "c+d" }]);
  expect(find("/%E0%A4%A/x")).toEqual(["/:one/:two", { one: null, two: "x" }]);
});

test("a name stands for no empty part, and one slash at the end for nothing", () => {
  const find = routerOf("/", "/s", "/s/:one");
  expect(find("/")).toEqual(["/", {}]);
  expect(find("/s/")).toEqual(["/s", {}]);
  expect(find("/s/a/")).toEqual(["/s/:one", { one: "a" }]);
  expect(find("/s//")).toBeUndefined();
  expect(find("//")).toBeUndefined();
});

test("methods of a path are found together", () => {
  const router = new Router<number>();
  router.add("GET", "/s/:one", 1);
  router.add("PUT", "/s/:one", 2);
  expect([...(router.find("/s/a")?.values ?? [])]).toEqual([
    ["GET", 1],
    ["PUT", 2],
  ]);
});

test("a part with two names is a mistake", () => {
  expect(() => routerOf("/s/:one", "/s/:two/x")).toThrow(":one and :two");
});
