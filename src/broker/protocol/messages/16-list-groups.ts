import { defineApi } from "../api.ts";
import { array, int16, int32, string } from "../field.ts";

/** Asks which groups there are. */
export const listGroups = defineApi({
  key: 16,
  name: "ListGroups",
  versions: [0, 5],
  flexibleSince: 3,
  request: {
    statesFilter: array(string).from(4),
    typesFilter: array(string).from(5),
  },
  response: {
    throttleTimeMs: int32.from(1),
    errorCode: int16,
    groups: array({
      groupId: string,
      protocolType: string,
      groupState: string.from(4),
      groupType: string.from(5),
    }),
  },
});
