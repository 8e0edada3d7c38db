import { defineApi } from "../api.ts";
import { array, int16, int32, int64, string } from "../field.ts";

/** Asks which transactions there are. */
export const listTransactions = defineApi({
  key: 66,
  name: "ListTransactions",
  versions: [0, 2],
  flexibleSince: 0,
  request: {
    stateFilters: array(string),
    producerIdFilters: array(int64),
    durationFilter: int64.from(1).or(-1n),
    transactionalIdPattern: string.orNull().from(2).or(null),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    unknownStateFilters: array(string),
    transactionStates: array({
      transactionalId: string,
      producerId: int64,
      transactionState: string,
    }),
  },
});
