import { type Files, type LogSettings, openLog } from "../../../../src/broker/log/index.ts";
import { type ErrorName, KafkaFault } from "../../../../src/broker/protocol/index.ts";
import { batchesOf, batchOf } from "../../../support/broker/batch.ts";
import type { LogUnderTest, OpenLogUnderTest } from "./log-under-test.ts";
import { settingsOf } from "./settings.ts";

/** Logs of this process, each in a folder of its own. */
export function localLogs(files: () => Files): OpenLogUnderTest {
  return async ({ compact = false, appendTime = false, maxMessageBytes = 1_048_588 } = {}) => {
    const timestampType = appendTime ? "LogAppendTime" : "CreateTime";
    return localLog(files(), settingsOf({ compact, timestampType, maxMessageBytes }));
  };
}

function localLog(files: Files, settings: LogSettings): LogUnderTest {
  const log = openLog(files, crypto.randomUUID(), settings);
  log.beginEpoch(0);
  const options = () => ({ leaderEpoch: 0, now: Date.now() });
  const epochs = new Map<string, { producerId: bigint; producerEpoch: number }>();

  const under: LogUnderTest = {
    async append(batch) {
      try {
        const { baseOffset, logAppendTime } = log.append(batch, options());
        return { error: "NONE", baseOffset, logAppendTime, wrongRecords: [] };
      } catch (error) {
        const { kind, recordErrors } = faultOf(error);
        const wrongRecords = recordErrors.map(({ batchIndex }) => batchIndex);
        return { error: kind, baseOffset: -1n, logAppendTime: -1n, wrongRecords };
      }
    },
    async read(offset, { maxBytes = 1 << 20, isolation = "read_uncommitted" } = {}) {
      const { stableOffset } = log;
      try {
        const { records, aborted } = log.read(offset, { maxBytes, atLeastOne: true, isolation });
        const bytes = Buffer.concat(records);
        return { error: "NONE", bytes, batches: batchesOf(bytes), aborted, stableOffset };
      } catch (error) {
        return { error: faultOf(error).kind, bytes: Buffer.alloc(0), batches: [], aborted: [], stableOffset };
      }
    },
    startOffset: async () => log.startOffset,
    endOffset: async (isolation = "read_uncommitted") =>
      isolation === "read_committed" ? log.stableOffset : log.endOffset,
    offsetForTime: async (timestamp, isolation = "read_uncommitted") => log.offsetForTime(timestamp, isolation),
    maxTimestamp: async () => log.maxTimestamp(),
    endOfEpoch: async (epoch) => log.endOfEpoch(epoch),
    async deleteBefore(offset) {
      let error: ErrorName = "NONE";
      try {
        log.deleteBefore(offset);
      } catch (cause) {
        error = faultOf(cause).kind;
      }
      return { error, startOffset: log.startOffset };
    },
    producers: async () => log.producers(Date.now()),
    async begin(name = "t") {
      const identity = epochs.get(name) ?? { producerId: BigInt(1000 + epochs.size), producerEpoch: 0 };
      epochs.set(name, identity);
      return {
        ...identity,
        append: (baseSequence, ...values) =>
          under.append(
            batchOf({ records: values.map((value) => ({ value })), ...identity, baseSequence, transactional: true }),
          ),
        async end(how) {
          log.appendMarker({ ...identity, coordinatorEpoch: 0, committed: how === "commit" }, options());
        },
      };
    },
    async close() {
      log.close();
    },
  };
  return under;
}

function faultOf(error: unknown): KafkaFault {
  if (error instanceof KafkaFault) return error;
  throw error;
}
