import { defineApi } from "../api.ts";
import { array, bool, bytes, int16, int32, string } from "../field.ts";

/** Asks to be a member of a group; answered when all its members have joined. */
export const joinGroup = defineApi({
  key: 11,
  name: "JoinGroup",
  versions: [0, 9],
  flexibleSince: 6,
  request: {
    groupId: string,
    sessionTimeoutMs: int32,
    rebalanceTimeoutMs: int32.from(1).or(-1),
    memberId: string,
    groupInstanceId: string.orNull().from(5).or(null),
    protocolType: string,
    protocols: array({
      name: string,
      metadata: bytes,
    }),
    reason: string.orNull().from(8).or(null),
  },
  response: {
    throttleTimeMs: int32.from(2),
    errorCode: int16,
    generationId: int32.or(-1),
    protocolType: string.orNull().from(7).or(null),
    protocolName: string.orNull(7),
    leader: string,
    skipAssignment: bool.from(9).or(false),
    memberId: string,
    members: array({
      memberId: string,
      groupInstanceId: string.orNull().from(5).or(null),
      metadata: bytes,
    }),
  },
});
