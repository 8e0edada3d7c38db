// Named here, the types come along into the program of whoever imports this.
/// <reference path="./kafkajs.d.ts" />
import apiKeys from "kafkajs/src/protocol/requests/apiKeys.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import type { WireRequest } from "./connection.ts";
import { KafkaError } from "./errors.ts";

interface TopicPartitions<Partition> {
  readonly topic: string;
  readonly partitions: readonly Partition[];
}

/** What every answer of kafkajs may carry; `errorCode` of 0 is success, and the caller's to check. */
interface Answered {
  readonly errorCode: number;
}

/**
 * The requests that kafkajs writes and reads for us: field names are kafkajs's, 64-bit numbers are decimal strings,
 * and error numbers stay in the answer: kafkajs's own check throws for the first and forgets the others.
 */
export interface Calls {
  GroupCoordinator: [
    { groupId: string; coordinatorType?: 0 | 1 },
    Answered & { errorMessage?: string | null; coordinator: { nodeId: number; host: string; port: number } },
  ];
  JoinGroup: [
    {
      groupId: string;
      sessionTimeout: number;
      rebalanceTimeout: number;
      memberId: string;
      groupInstanceId?: string;
      protocolType: "consumer";
      groupProtocols: readonly { name: string; metadata: Buffer }[];
    },
    Answered & {
      generationId: number;
      groupProtocol: string;
      leaderId: string;
      memberId: string;
      members: readonly { memberId: string; groupInstanceId?: string | null; memberMetadata: Buffer }[];
    },
  ];
  SyncGroup: [
    {
      groupId: string;
      generationId: number;
      memberId: string;
      groupInstanceId?: string;
      groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
    },
    Answered & { memberAssignment: Buffer },
  ];
  Heartbeat: [
    { groupId: string; groupGenerationId: number; memberId: string; groupInstanceId?: string | null },
    Answered,
  ];
  LeaveGroup: [
    { groupId: string; memberId: string },
    Answered & { members?: readonly { memberId: string; errorCode: number }[] },
  ];
  OffsetCommit: [
    {
      groupId: string;
      groupGenerationId: number;
      memberId: string;
      topics: readonly TopicPartitions<{ partition: number; offset: string; metadata?: string }>[];
    },
    { responses: readonly TopicPartitions<Answered & { partition: number }>[] },
  ];
  OffsetFetch: [
    { groupId: string; topics: readonly TopicPartitions<{ partition: number }>[] | null },
    Answered & {
      responses: readonly TopicPartitions<Answered & { partition: number; offset: string; metadata: string }>[];
    },
  ];
  ListOffsets: [
    {
      replicaId: -1;
      isolationLevel: 0 | 1;
      /** -1 asks for the end, -2 for the beginning, else for the first record at or after that time. */
      topics: readonly TopicPartitions<{ partition: number; timestamp: number | string }>[];
    },
    { responses: readonly TopicPartitions<Answered & { partition: number; timestamp: string; offset: string }>[] },
  ];
  InitProducerId: [
    { transactionalId: string | null; transactionTimeout: number },
    Answered & { producerId: string; producerEpoch: number },
  ];
  DescribeGroups: [
    { groupIds: readonly string[] },
    {
      groups: readonly (Answered & {
        groupId: string;
        state: string;
        protocolType: string;
        protocol: string;
        members: readonly {
          memberId: string;
          clientId: string;
          clientHost: string;
          memberMetadata: Buffer;
          memberAssignment: Buffer;
        }[];
      })[];
    },
  ];
  ListGroups: [object, Answered & { groups: readonly { groupId: string; protocolType: string }[] }];
  DeleteGroups: [readonly string[], { results: readonly (Answered & { groupId: string })[] }];
  CreateTopics: [
    {
      topics: readonly {
        topic: string;
        numPartitions: number;
        replicationFactor: number;
        replicaAssignment?: readonly { partition: number; replicas: readonly number[] }[];
        configEntries?: readonly { name: string; value: string }[];
      }[];
      validateOnly: boolean;
      timeout: number;
    },
    { topicErrors: readonly (Answered & { topic: string; errorMessage?: string | null })[] },
  ];
  DeleteTopics: [
    { topics: readonly string[]; timeout: number },
    { topicErrors: readonly (Answered & { topic: string })[] },
  ];
  CreatePartitions: [
    {
      topicPartitions: readonly { topic: string; count: number; assignments?: readonly (readonly number[])[] }[];
      validateOnly: boolean;
      timeout: number;
    },
    { topicErrors: readonly (Answered & { topic: string; errorMessage?: string | null })[] },
  ];
  DescribeConfigs: [
    {
      /** Type 2 is a topic, 4 a broker; `configNames` of null asks for all. */
      resources: readonly { type: number; name: string; configNames?: readonly string[] | null }[];
      includeSynonyms?: boolean;
    },
    {
      resources: readonly (Answered & {
        errorMessage: string | null;
        resourceType: number;
        resourceName: string;
        configEntries: readonly {
          configName: string;
          configValue: string | null;
          readOnly: boolean;
          isDefault: boolean;
          configSource?: number;
          isSensitive: boolean;
        }[];
      })[];
    },
  ];
}

/** A request that kafkajs writes and whose answer it reads. */
export function call<Name extends keyof Calls>(name: Name, fields: Calls[Name][0]): WireRequest<Calls[Name][1]> {
  return {
    ...messageOf(name, fields),
    // The shape is kafkajs's, stated in `Calls` and held to it by the tests against a broker.
    decode: async (payload, version) => (await build(name, fields, version).response.decode(payload)) as Calls[Name][1],
  };
}

/** The fields of a fetch as kafkajs names them; offsets are decimal strings. */
export interface FetchFields {
  readonly replicaId: -1;
  readonly isolationLevel: 0 | 1;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly TopicPartitions<{ partition: number; fetchOffset: string; maxBytes: number }>[];
  readonly rackId?: string;
}

/** A fetch that kafkajs writes and the caller reads. Versions run from 4 to 11. */
export function fetchCall<Answer>(
  fields: FetchFields,
  decode: (payload: Buffer, version: number) => Answer,
): WireRequest<Answer> {
  const message = messageOf("Fetch", fields);
  return { ...message, versions: [4, message.versions[1]], decode };
}

function messageOf(name: string, fields: object): Omit<WireRequest<never>, "decode"> {
  const versions = definitionOf(name).versions.map(Number);
  return {
    apiKey: apiKeys[name] ?? -1,
    apiName: name,
    versions: [Math.min(...versions), Math.max(...versions)],
    encode: async (version) => (await build(name, fields, version).request.encode()).buffer,
  };
}

function build(name: string, fields: object, version: number) {
  return definitionOf(name).protocol({ version })(fields);
}

function definitionOf(name: string) {
  const definition = requests[name];
  if (definition === undefined) throw new KafkaError("INVALID_OPTION", `kafkajs has no request ${name}`);
  return definition;
}
