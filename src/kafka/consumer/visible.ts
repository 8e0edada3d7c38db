import { type BatchFrame, isAbortMarker } from "../records/decode.ts";
import type { FetchedPartition } from "./fetch-request.ts";

/**
 * The batches whose records a reader of committed records sees: no transaction markers, and none of the transactions
 * that the answer names as aborted.
 */
export function visibleFrames(
  { recordSet, aborted }: Pick<FetchedPartition, "recordSet" | "aborted">,
  frames: readonly BatchFrame[],
): BatchFrame[] {
  const coming = aborted.toSorted((one, other) => Number(one.firstOffset - other.firstOffset));
  const aborting = new Set<bigint>();
  let next = 0;
  return frames.filter((frame) => {
    for (
      let first = coming[next];
      first !== undefined && first.firstOffset < frame.nextOffset;
      first = coming[++next]
    ) {
      aborting.add(first.producerId);
    }
    if (frame.control) {
      // The producer's next transaction is another story, and named on its own where it was aborted too.
      if (aborting.has(frame.producerId) && isAbortMarker(recordSet, frame)) aborting.delete(frame.producerId);
      return false;
    }
    return !(frame.transactional && aborting.has(frame.producerId));
  });
}
