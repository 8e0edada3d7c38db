import { defineApi } from "../api.ts";
import { array, int16, int32, string } from "../field.ts";

/** Members leave their group, so that nobody waits for their session to end. */
export const leaveGroup = defineApi({
  key: 13,
  name: "LeaveGroup",
  versions: [0, 5],
  flexibleSince: 4,
  request: {
    groupId: string,
    memberId: string.to(2),
    members: array({
      memberId: string,
      groupInstanceId: string.orNull().or(null),
      reason: string.orNull().from(5).or(null),
    }).from(3),
  },
  response: {
    throttleTimeMs: int32.from(1),
    errorCode: int16,
    members: array({
      memberId: string,
      groupInstanceId: string.orNull(),
      errorCode: int16,
    }).from(3),
  },
});
