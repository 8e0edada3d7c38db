import { defineApi } from "../api.ts";
import { array, bool, bytes, int16, int32, string } from "../field.ts";

/** Asks for the state, the members and the assignment of groups. */
export const describeGroups = defineApi({
  key: 15,
  name: "DescribeGroups",
  versions: [0, 6],
  flexibleSince: 5,
  request: {
    groups: array(string),
    includeAuthorizedOperations: bool.from(3),
  },
  response: {
    throttleTimeMs: int32.from(1),
    groups: array({
      errorCode: int16,
      errorMessage: string.orNull().from(6).or(null),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string,
      members: array({
        memberId: string,
        groupInstanceId: string.orNull().from(4).or(null),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: int32.from(3).or(-2147483648),
    }),
  },
});
