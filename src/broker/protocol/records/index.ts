export { BATCH_BYTES_MIN, Batch, batchSize } from "./batch.ts";
export { type EndMarker, markerBatch, markerOf } from "./control.ts";
export { RecordWalk } from "./walk.ts";
