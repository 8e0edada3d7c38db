import { defineApi } from "../api.ts";
import { bool, int16, int32, int64, string } from "../field.ts";

/** Commits or aborts a transaction. */
export const endTxn = defineApi({
  key: 26,
  name: "EndTxn",
  versions: [0, 5],
  flexibleSince: 3,
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    committed: bool,
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    producerId: int64.from(5).or(-1n),
    producerEpoch: int16.from(5).or(-1),
  },
});
