import { defineApi } from "../api.ts";
import { array, int16, int32, string } from "../field.ts";

/** Deletes groups that have no members. */
export const deleteGroups = defineApi({
  key: 42,
  name: "DeleteGroups",
  versions: [0, 2],
  flexibleSince: 2,
  request: {
    groupsNames: array(string),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      groupId: string,
      errorCode: int16,
    }),
  },
});
