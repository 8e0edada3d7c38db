import { KafkaFault } from "../protocol/index.ts";
import { type Batch, markerBatch } from "../protocol/records/index.ts";
import { compaction } from "./compaction.ts";
import { type Loss, recover } from "./recover.ts";
import { dropBelowStart, dropOutdated } from "./retention.ts";
import type { LogState } from "./state.ts";
import { newestRecord, recordSince } from "./times.ts";
import type {
  ActiveProducer,
  Appended,
  Files,
  LogSettings,
  Marker,
  PartitionLog,
  ReadOptions,
  ReadResult,
} from "./types.ts";
import { checkBatch } from "./validate.ts";

export interface OpenLogOptions {
  /** Milliseconds since 1970. */
  readonly now?: number;
  /** Told where records are missing that had been stored. */
  readonly onLoss?: (loss: Loss) => void;
}

/** Opens the log of a partition in a folder, or makes it. What a crash left half written is cut off. */
export function openLog(
  files: Files,
  directory: string,
  settings: LogSettings,
  { now = Date.now(), onLoss = () => {} }: OpenLogOptions = {},
): PartitionLog {
  const state = recover(files, directory, { intervalBytes: settings.indexIntervalBytes, now, onLoss });
  return new SegmentedLog(state, settings);
}

/** A start goes through this much at most, which takes some ten milliseconds. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** What one call of `clean` goes through, so that nobody waits for long. */
const COMPACT_BYTES = 32 * 1024 * 1024;

interface AppendOptions {
  readonly leaderEpoch: number;
  readonly now: number;
}

class SegmentedLog implements PartitionLog {
  readonly #state: LogState;
  readonly #listeners = new Set<() => void>();
  #settings: LogSettings;
  #closed: boolean = false;
  #compacting: Generator<number, void> | undefined;

  constructor(state: LogState, settings: LogSettings) {
    this.#state = state;
    this.#settings = settings;
  }

  get startOffset(): bigint {
    return this.#state.startOffset;
  }

  get endOffset(): bigint {
    return this.#state.endOffset;
  }

  get stableOffset(): bigint {
    return this.#state.stableOffset;
  }

  get bytes(): number {
    return this.#state.bytes;
  }

  append(records: Buffer, options: AppendOptions): Appended {
    const { producers } = this.#state;
    const batch = checkBatch(records, this.#settings, options.now);
    if (batch.producerId >= 0n) {
      const first = producers.duplicateOf(batch);
      if (first !== undefined) {
        return this.#appended(first.firstOffset, first.lastOffset, { logAppendTime: first.timestamp, duplicate: true });
      }
      producers.assertMayWrite(batch);
    }
    return this.#store(batch, options);
  }

  appendMarker(marker: Marker, options: AppendOptions): Appended {
    this.#state.producers.assertMayEnd(marker);
    const batch = markerBatch(marker, BigInt(options.now));
    if (this.#settings.timestampType === "LogAppendTime") batch.stampTime(BigInt(options.now), true);
    return this.#store(batch, options);
  }

  read(offset: bigint, { maxBytes, atLeastOne, isolation }: ReadOptions): ReadResult {
    const state = this.#state;
    if (offset < state.startOffset || offset > state.endOffset) {
      const message = `Offset ${offset} is not within ${state.startOffset} to ${state.endOffset}`;
      throw new KafkaFault("OFFSET_OUT_OF_RANGE", message);
    }
    const limit = isolation === "read_committed" ? this.stableOffset : state.endOffset;
    if (offset >= limit) return NOTHING;
    for (let at = state.segmentOf(offset); at < state.segments.length; at++) {
      const segment = state.segments[at];
      const position = segment?.locate(offset);
      if (segment === undefined || position === undefined) continue;
      const before = limit < state.endOffset ? limit : undefined;
      const room = atLeastOne ? Math.max(maxBytes, segment.sizeAt(position)) : maxBytes;
      const stretch = segment.read(position, room, before);
      if (stretch === undefined) return NOTHING;
      const { pieces: records, bytes, nextOffset } = stretch;
      const aborted = isolation === "read_committed" ? this.#aborted(at, offset, nextOffset) : [];
      return { records, bytes, aborted };
    }
    return NOTHING;
  }

  offsetForTime(timestamp: bigint, isolation: ReadOptions["isolation"]): ReturnType<PartitionLog["offsetForTime"]> {
    const found = recordSince(this.#state, timestamp);
    const limit = isolation === "read_committed" ? this.stableOffset : this.endOffset;
    return found !== undefined && found.offset < limit ? found : undefined;
  }

  maxTimestamp(): ReturnType<PartitionLog["maxTimestamp"]> {
    return newestRecord(this.#state);
  }

  beginEpoch(epoch: number): void {
    if (this.#state.epochs.begin(epoch, this.endOffset)) this.#state.changed = true;
  }

  endOfEpoch(epoch: number): ReturnType<PartitionLog["endOfEpoch"]> {
    return this.#state.epochs.endOf(epoch, this.endOffset);
  }

  epochAt(offset: bigint): number {
    return this.#state.epochs.at(offset);
  }

  deleteBefore(offset: bigint): bigint {
    const state = this.#state;
    if (offset > state.endOffset || offset < 0n) {
      throw new KafkaFault("OFFSET_OUT_OF_RANGE", `Offset ${offset} is not within 0 to ${state.endOffset}`);
    }
    if (offset > state.startOffset) {
      state.startAt(offset);
      stored(() => dropBelowStart(state));
      if (state.changed) this.#checkpoint();
    }
    return state.startOffset;
  }

  producers(now: number): readonly ActiveProducer[] {
    return this.#state.producers.active(now);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
  }

  clean(now: number): boolean {
    const [state, settings] = [this.#state, this.#settings];
    state.producers.expire(now);
    stored(() => dropOutdated(state, settings, now));
    if (settings.compact) this.#compacting ??= compaction({ state, settings, now });
    else this.#compacting = undefined;
    if (stored(() => this.#compact())) return true;
    if (state.changed) this.#checkpoint();
    return false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Without it nothing is lost, and the next start takes longer.
    if (this.#state.changed) this.#state.tryCheckpoint();
    for (const { file } of this.#state.segments) file.close();
  }

  /** Stamps a batch with what is its own here, and writes it. */
  #store(batch: Batch, { leaderEpoch, now }: AppendOptions): Appended {
    const state = this.#state;
    const baseOffset = state.endOffset;
    batch.stamp(baseOffset, leaderEpoch);
    const position = stored(() => {
      if (this.#rolls(batch, now)) this.#roll(now);
      return state.active.file.append([batch.bytes.subarray(batch.start, batch.end)]);
    });
    state.note(batch, position, { intervalBytes: this.#settings.indexIntervalBytes, now });
    if (state.uncheckedBytes >= CHECKPOINT_BYTES) state.tryCheckpoint();
    for (const listener of this.#listeners) listener();
    const logAppendTime = this.#settings.timestampType === "LogAppendTime" ? BigInt(now) : -1n;
    return this.#appended(baseOffset, state.endOffset - 1n, { logAppendTime, duplicate: false });
  }

  /** Whether a batch begins a new segment: the last is full, too old, or its offsets would not fit its index. */
  #rolls({ size, lastOffset, maxTimestamp }: Batch, now: number): boolean {
    const { segmentBytes, segmentMs } = this.#settings;
    const { active } = this.#state;
    if (active.size === 0) return false;
    if (active.size + size > segmentBytes || lastOffset - active.baseOffset > RELATIVE_OFFSET_MAX) return true;
    const age = active.firstTimestamp >= 0n ? Number(maxTimestamp - active.firstTimestamp) : now - active.created;
    return age > segmentMs;
  }

  /** Does some of the work of compaction; true where there is more. */
  #compact(): boolean {
    const work = this.#compacting;
    if (work === undefined) return false;
    // Whatever happens to this pass, the next is another.
    this.#compacting = undefined;
    for (let bytes = 0; bytes < COMPACT_BYTES; ) {
      const { done, value } = work.next();
      if (done) return false;
      bytes += value;
    }
    this.#compacting = work;
    return true;
  }

  #roll(now: number): void {
    const state = this.#state;
    state.addSegment(state.endOffset, now);
    state.tryCheckpoint();
  }

  #checkpoint(): void {
    stored(() => this.#state.checkpoint());
  }

  #aborted(from: number, offset: bigint, until: bigint): ReadResult["aborted"] {
    return this.#state.segments.slice(from).flatMap(({ aborted }) => aborted.between(offset, until));
  }

  #appended(baseOffset: bigint, lastOffset: bigint, rest: Pick<Appended, "logAppendTime" | "duplicate">): Appended {
    return { baseOffset, lastOffset, logStartOffset: this.startOffset, ...rest };
  }
}

const NOTHING: ReadResult = { records: [], bytes: 0, aborted: [] };
const RELATIVE_OFFSET_MAX = 2n ** 31n - 1n;

/** What fails here fails because of the disk, or because memory is full. */
function stored<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof KafkaFault) throw error;
    const fault = new KafkaFault("KAFKA_STORAGE_ERROR", error instanceof Error ? error.message : String(error));
    fault.cause = error;
    throw fault;
  }
}
