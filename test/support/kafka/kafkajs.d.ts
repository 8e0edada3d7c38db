/** The parts of kafkajs that tests read and write batches with, as somebody else's view of the bytes. */

declare module "kafkajs/src/protocol/decoder.js" {
  class Decoder {
    constructor(bytes: Buffer);
  }
  export = Decoder;
}

declare module "kafkajs/src/protocol/recordBatch/crc32C/index.js" {
  function crc32c(bytes: Uint8Array): number;
  export = crc32c;
}

declare module "kafkajs/src/protocol/recordBatch/v0/decoder.js" {
  interface DecodedRecord {
    readonly timestamp: string;
    readonly offset: string;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer>>;
  }
  function decodeBatch(decoder: import("kafkajs/src/protocol/decoder.js")): Promise<{
    readonly records: readonly DecodedRecord[];
    readonly producerId: string;
    readonly producerEpoch: number;
    readonly firstSequence: number;
    readonly firstTimestamp: string;
    readonly maxTimestamp: string;
    readonly lastOffsetDelta: number;
  }>;
  export = decodeBatch;
}

declare module "kafkajs/src/producer/partitioners/default/murmur2.js" {
  function murmur2(bytes: Buffer): number;
  export = murmur2;
}

declare module "kafkajs/src/protocol/encoder.js" {
  class Encoder {
    writeVarInt(value: number): this;
    writeVarLong(value: number | string): this;
    readonly buffer: Buffer;
  }
  export = Encoder;
}

declare module "kafkajs/src/protocol/recordBatch/record/v0/index.js" {
  function encodeRecord(record: {
    offsetDelta: number;
    timestampDelta: number;
    key: Buffer | string | null;
    value: Buffer | null;
    headers: Readonly<Record<string, string>>;
  }): object;
  export = encodeRecord;
}

declare module "kafkajs/src/protocol/recordBatch/v0/index.js" {
  export function RecordBatch(batch: {
    compression: 0 | 1;
    firstTimestamp: number;
    maxTimestamp: number;
    lastOffsetDelta: number;
    producerId: string;
    producerEpoch: number;
    firstSequence: number;
    partitionLeaderEpoch: number;
    records: readonly object[];
  }): Promise<{ readonly buffer: Buffer }>;
}

declare module "kafkajs/src/protocol/requests/produce/v7/request.js" {
  interface ProduceFields {
    acks: number;
    timeout: number;
    transactionalId: null;
    producerId: string;
    producerEpoch: number;
    compression: 0;
    topicData: readonly {
      topic: string;
      partitions: readonly {
        partition: number;
        firstSequence: number;
        messages: readonly { key: string; value: string; timestamp: number }[];
      }[];
    }[];
  }
  function produceRequest(fields: ProduceFields): { encode(): Promise<{ readonly buffer: Buffer }> };
  export = produceRequest;
}

declare module "kafkajs/src/protocol/requests/metadata/v6/request.js" {
  function metadataRequest(fields: { topics: readonly string[]; allowAutoTopicCreation: boolean }): {
    encode(): Promise<{ readonly buffer: Buffer }>;
  };
  export = metadataRequest;
}
