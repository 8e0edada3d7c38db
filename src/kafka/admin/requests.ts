import type { WireRequest } from "../connection.ts";
import { assertSuccess } from "../errors.ts";
import { WireReader, WireWriter } from "../wire.ts";

interface AlterationOutcome {
  readonly topic: string;
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/**
 * Sets single settings of one topic (KIP-339). kafkajs has only AlterConfigs, which removes every setting that it does
 * not name.
 */
export function setConfigRequest(
  topic: string,
  config: Readonly<Record<string, string>>,
  { validateOnly }: { readonly validateOnly: boolean },
): WireRequest<readonly AlterationOutcome[]> {
  return {
    apiKey: 44,
    apiName: "IncrementalAlterConfigs",
    versions: [0, 0],
    encode() {
      const body = new WireWriter().int32(1).int8(TOPIC_RESOURCE).string(topic);
      body.array(Object.entries(config), ([name, value]) => body.string(name).int8(SET).string(value));
      return body.boolean(validateOnly).done();
    },
    decode(payload) {
      const from = new WireReader(payload);
      from.int32(); // throttle_time_ms
      return from.array(() => {
        const errorCode = from.int16();
        const errorMessage = from.nullableString();
        from.int8();
        return { topic: from.string(), errorCode, errorMessage };
      });
    },
  };
}

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Everything that a group has committed. kafkajs can ask for named partitions only. */
export function allCommittedRequest(group: string): WireRequest<readonly CommittedOffset[]> {
  return {
    apiKey: 9,
    apiName: "OffsetFetch",
    versions: [2, 4],
    encode: () => new WireWriter().string(group).int32(-1).done(),
    decode(payload, version) {
      const from = new WireReader(payload);
      if (version >= 3) from.int32(); // throttle_time_ms
      const committed = from
        .array(() => {
          const topic = from.string();
          return from.array(() => {
            const partition = from.int32();
            const offset = from.int64();
            from.nullableString(); // metadata
            return { topic, partition, offset, errorCode: from.int16() };
          });
        })
        .flat();
      assertSuccess(from.int16(), `OffsetFetch of ${group}`);
      for (const { topic, partition, errorCode } of committed) {
        assertSuccess(errorCode, `OffsetFetch of ${topic}-${partition}`);
      }
      return committed.filter(({ offset }) => offset >= 0n);
    },
  };
}

export const TOPIC_RESOURCE = 2;
const SET = 0;
