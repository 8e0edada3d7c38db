import { describe, expect, test } from "bun:test";
import { growing, memberOf, openApi, sent } from "./asking.ts";

async function filled() {
  const api = openApi();
  for (const count of [1, 2, 3]) await api.register("a", growing(count));
  const answer = async (line: string) => {
    const { status, body } = await api.ask(line);
    return status === 200 ? body : [memberOf(body, "error_code"), memberOf(body, "message")];
  };
  return { ...api, answer };
}

describe("a subject", () => {
  test("is deleted, and then deleted for good", async () => {
    const { answer } = await filled();
    expect(await answer("DELETE /subjects/a?permanent=true")).toEqual([
      40405,
      "Subject 'a' was not deleted first before being permanently deleted",
    ]);
    expect(await answer("DELETE /subjects/a")).toEqual([1, 2, 3]);
    expect(await answer("DELETE /subjects/a")).toEqual([
      40404,
      "Subject 'a' was soft deleted.Set permanent=true to delete permanently",
    ]);
    expect(await answer("DELETE /subjects/a?permanent=true")).toEqual([1, 2, 3]);
    expect(await answer("DELETE /subjects/a?permanent=true")).toEqual([40401, "Subject 'a' not found."]);
    expect(await answer("DELETE /subjects/a")).toEqual([40401, "Subject 'a' not found."]);
  });

  test("answers the versions that it deletes, not those that were deleted before", async () => {
    const { answer } = await filled();
    await answer("DELETE /subjects/a/versions/2");
    expect(await answer("DELETE /subjects/a")).toEqual([1, 3]);
    expect(await answer("DELETE /subjects/a?permanent=true")).toEqual([1, 2, 3]);
  });

  test("with a version that is left is not deleted for good", async () => {
    const { answer } = await filled();
    await answer("DELETE /subjects/a/versions/2");
    expect(await answer("DELETE /subjects/a?permanent=true")).toContain(40405);
    expect(await answer("GET /subjects/a/versions?deleted=true")).toEqual([1, 2, 3]);
  });
});

describe("a version", () => {
  test("is deleted, and then deleted for good", async () => {
    const { answer } = await filled();
    expect(await answer("DELETE /subjects/a/versions/2?permanent=true")).toEqual([
      40407,
      "Subject 'a' Version 2 was not deleted first before being permanently deleted",
    ]);
    expect(await answer("DELETE /subjects/a/versions/2")).toBe(2);
    expect(await answer("DELETE /subjects/a/versions/2")).toEqual([
      40406,
      "Subject 'a' Version 2 was soft deleted.Set permanent=true to delete permanently",
    ]);
    expect(await answer("DELETE /subjects/a/versions/2?permanent=true")).toBe(2);
    expect(await answer("DELETE /subjects/a/versions/2")).toEqual([40402, "Version 2 not found."]);
    expect(await answer("DELETE /subjects/b/versions/2")).toEqual([40401, "Subject 'b' not found."]);
    expect(await answer("DELETE /subjects/a/versions/x")).toContain(42202);
  });

  test("`latest` is the latest that is left, until none is", async () => {
    const { answer } = await filled();
    for (const version of [3, 2, 1]) expect(await answer("DELETE /subjects/a/versions/latest")).toBe(version);
    expect(await answer("DELETE /subjects/a/versions/latest")).toEqual([40402, "Version -1 not found."]);
  });

  test("that is deleted is not looked at: not found, not compared, and read by its id", async () => {
    const { answer, told, refused } = await filled();
    await answer("DELETE /subjects/a/versions/3");
    expect(await answer("GET /subjects/a/versions/latest")).toMatchObject({ version: 2 });
    expect(await refused("POST /subjects/a", sent(growing(3)))).toEqual([404, 40403]);
    expect(await told("GET /schemas/ids/3")).toMatchObject({ schema: JSON.stringify(growing(3)) });
  });
});
