import { crc32c } from "../../records/index.ts";
import type { StoredEpoch } from "./epochs.ts";
import type { StoredProducer } from "./producers.ts";
import type { StoredSegment } from "./segment.ts";
import type { Files } from "./types.ts";

/**
 * How far a log is known to be good, and what was known of it there: a start reads this, and goes through what was
 * appended since. Replaced as a whole, so that there is always one that is right.
 */
export interface Checkpoint {
  readonly version: 1;
  readonly startOffset: string;
  readonly endOffset: string;
  /** Up to where compaction has gone. */
  readonly cleanedTo: string;
  readonly producers: readonly StoredProducer[];
  readonly epochs: readonly StoredEpoch[];
  /** The last one is the one that is appended to. */
  readonly segments: readonly StoredSegment[];
}

export function writeCheckpoint(files: Files, directory: string, checkpoint: Checkpoint): void {
  const body = Buffer.from(JSON.stringify(checkpoint));
  const header = Buffer.alloc(4);
  header.writeUInt32BE(crc32c(body));
  const file = files.open(besideIn(directory));
  file.truncate(0);
  file.append([header, body]);
  file.close();
  files.rename(besideIn(directory), pathIn(directory));
}

/** Undefined where there is none, or it is not what was written. */
export function readCheckpoint(files: Files, directory: string): Checkpoint | undefined {
  if (!files.exists(pathIn(directory))) return undefined;
  const file = files.open(pathIn(directory));
  const bytes = file.read(0, file.size);
  file.close();
  if (bytes.length < 4 || bytes.readUInt32BE(0) !== crc32c(bytes, 4)) return undefined;
  // The checksum says that this is what was written.
  const checkpoint = JSON.parse(bytes.toString("utf8", 4)) as Checkpoint;
  return checkpoint.version === 1 ? checkpoint : undefined;
}

const pathIn = (directory: string): string => `${directory}/checkpoint`;
const besideIn = (directory: string): string => `${directory}/checkpoint.new`;
