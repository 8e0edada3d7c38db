import { defineApi } from "../api.ts";
import { int16, int32, int64, string } from "../field.ts";

/** Gives a producer its id and epoch, and fences its predecessor. */
export const initProducerId = defineApi({
  key: 22,
  name: "InitProducerId",
  versions: [0, 5],
  flexibleSince: 2,
  request: {
    transactionalId: string.orNull(),
    transactionTimeoutMs: int32,
    producerId: int64.from(3).or(-1n),
    producerEpoch: int16.from(3).or(-1),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: int64.or(-1n),
    producerEpoch: int16,
  },
});
