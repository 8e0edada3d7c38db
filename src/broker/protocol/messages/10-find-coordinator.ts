import { defineApi } from "../api.ts";
import { array, int8, int16, int32, string } from "../field.ts";

/** Asks which broker looks after a group or a transactional id. */
export const findCoordinator = defineApi({
  key: 10,
  name: "FindCoordinator",
  versions: [0, 6],
  flexibleSince: 3,
  request: {
    key: string.to(3),
    keyType: int8.from(1).or(0),
    coordinatorKeys: array(string).from(4),
  },
  response: {
    throttleTimeMs: int32.from(1),
    errorCode: int16.to(3),
    errorMessage: string.orNull().from(1).to(3),
    nodeId: int32.to(3),
    host: string.to(3),
    port: int32.to(3),
    coordinators: array({
      key: string,
      nodeId: int32,
      host: string,
      port: int32,
      errorCode: int16,
      errorMessage: string.orNull(),
    }).from(4),
  },
});
