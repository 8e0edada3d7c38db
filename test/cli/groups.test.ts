import { expect, test } from "bun:test";
import { memberNames } from "../../src/cli/groups.ts";

const member = (clientId: string, memberId: string) => ({ clientId, memberId });

test("members of one client id are told apart by their member ids, others go by their client id", () => {
  const names = memberNames([
    member("worker", "worker-1f"),
    member("other", "other-3c"),
    member("worker", "worker-2e"),
  ]);
  expect([...names]).toEqual([
    ["worker-1f", "worker-1f"],
    ["other-3c", "other"],
    ["worker-2e", "worker-2e"],
  ]);
});
