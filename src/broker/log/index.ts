export { type DiskFilesOptions, diskFiles } from "./disk-files.ts";
export { holdsRecords } from "./holds-records.ts";
export { type MemoryFiles, type MemoryFilesOptions, memoryFiles } from "./memory-files.ts";
export { openLog } from "./partition-log.ts";
export { openTable } from "./table.ts";
export type {
  AbortedTransaction,
  ActiveProducer,
  Appended,
  Files,
  LogSettings,
  Marker,
  OpenFile,
  PartitionLog,
  ReadOptions,
  ReadResult,
  Table,
} from "./types.ts";
