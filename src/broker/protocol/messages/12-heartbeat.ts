import { defineApi } from "../api.ts";
import { int16, int32, string } from "../field.ts";

/** A member tells its group's coordinator that it is alive. */
export const heartbeat = defineApi({
  key: 12,
  name: "Heartbeat",
  versions: [0, 4],
  flexibleSince: 4,
  request: {
    groupId: string,
    generationId: int32,
    memberId: string,
    groupInstanceId: string.orNull().from(3).or(null),
  },
  response: {
    throttleTimeMs: int32.from(1),
    errorCode: int16,
  },
});
