export { BATCH_BYTES_MIN, Batch, batchSize } from "./batch.ts";
export { type EndMarker, markerBatch, markerOf } from "./control.ts";
export { crc32c } from "./crc32c.ts";
export * as layout from "./layout.ts";
export { VARINT_BYTES_MAX, VARLONG_BYTES_MAX, writeVarint, writeVarlong } from "./varint.ts";
export { RecordWalk } from "./walk.ts";
