import { expect, test } from "bun:test";
import { openApi, sent } from "../asking.ts";

test("contexts come with their first schema, and are listed after the default one", async () => {
  const { register, told } = openApi();
  expect(await told("GET /contexts")).toEqual(["."]);
  await register(":.y:a", "int");
  await told("POST /contexts/x/subjects/a/versions", sent("int"));
  expect(await told("GET /contexts")).toEqual([".", ".x", ".y"]);
  expect(await told("GET /contexts?contextPrefix=.y")).toEqual([".y"]);
  expect(await told("GET /contexts?offset=1&limit=1")).toEqual([".x"]);
});

test("each context counts its ids from 1, and has schemas of its own", async () => {
  const { register } = openApi();
  expect(await register("a", "int")).toEqual([1, 1]);
  expect(await register("a2", "long")).toEqual([2, 1]);
  expect(await register(":.x:a", "long")).toEqual([1, 1]);
  expect(await register(":.x:b", "int")).toEqual([2, 1]);
});

test("a path under a context means its subjects, and those that name another mean that one", async () => {
  const { told } = openApi();
  await told("POST /contexts/.x/subjects/a/versions", sent("int"));
  await told("POST /contexts/.x/subjects/:.y:b/versions", sent("int"));
  expect(await told("GET /subjects")).toEqual([":.x:a", ":.y:b"]);
  expect(await told("GET /contexts/:.x:/subjects/a/versions/latest")).toMatchObject({ subject: ":.x:a" });
});

test("the default context's long name is no other context", async () => {
  const { told } = openApi();
  await told("POST /subjects/:.:a/versions", sent("int"));
  expect(await told("GET /subjects")).toEqual(["a"]);
  expect(await told("GET /contexts")).toEqual(["."]);
});

test("a context is deleted when it has no versions, not even deleted ones", async () => {
  const { register, told, ask } = openApi();
  await register(":.x:a", "int");
  await told("DELETE /subjects/:.x:a");
  expect((await ask("DELETE /contexts/.x")).body).toEqual({
    error_code: 42211,
    message: "The specified context ':.x:' is not empty.",
  });
  await told("DELETE /subjects/:.x:a?permanent=true");
  expect((await ask("DELETE /contexts/.x")).status).toBe(204);
  expect(await told("GET /contexts")).toEqual(["."]);
});
