import { defineApi } from "../api.ts";
import { array, int16, int32, string, uuid } from "../field.ts";

/** Deletes topics with everything in them. */
export const deleteTopics = defineApi({
  key: 20,
  name: "DeleteTopics",
  versions: [1, 6],
  flexibleSince: 4,
  request: {
    topics: array({
      name: string.orNull().or(null),
      topicId: uuid,
    }).from(6),
    topicNames: array(string).to(5),
    timeoutMs: int32,
  },
  response: {
    throttleTimeMs: int32,
    responses: array({
      name: string.orNull(6),
      topicId: uuid.from(6),
      errorCode: int16,
      errorMessage: string.orNull().from(5).or(null),
    }),
  },
});
