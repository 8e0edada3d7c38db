import { defineApi } from "../api.ts";
import { array, bytes, int16, int32, string } from "../field.ts";

/** Gives, from the group's leader, and gets, for every member, the assignment of partitions. */
export const syncGroup = defineApi({
  key: 14,
  name: "SyncGroup",
  versions: [0, 5],
  flexibleSince: 4,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.orNull().from(3).or(null),
    protocolType: string.orNull().from(5).or(null),
    protocolName: string.orNull().from(5).or(null),
    assignments: array({
      memberId: string,
      assignment: bytes,
    }),
  },
  response: {
    throttleTimeMs: int32.from(1),
    errorCode: int16,
    protocolType: string.orNull().from(5).or(null),
    protocolName: string.orNull().from(5).or(null),
    assignment: bytes,
  },
});
