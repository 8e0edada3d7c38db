import { expect } from "bun:test";
import { ERROR_CODES, MESSAGES, NIL_UUID } from "../../../src/broker/protocol/index.ts";
import { only, topicIdOf } from "../../support/broker/requests.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

const NO_ID = "AbcdAAAAAAAAAAAAAAAAAA";
const software = { clientSoftwareName: "sluice", clientSoftwareVersion: "1.0" };
const named = (...names: readonly string[]) => names.map((name) => ({ name, topicId: NIL_UUID }));

/** What a broker answers to ApiVersions and Metadata. */
export const metadataSuite = (target: BrokerUnderTest): void =>
  brokerSuite("metadata", target, (state) => {
    state("every version of every message of ours is among those that are spoken", async ({ client }) => {
      const { apiKeys, errorCode } = await client.call(MESSAGES.apiVersions, 4, software);
      expect(errorCode).toBe(0);
      const spoken = new Map(apiKeys.map((api) => [api.apiKey, api]));
      const missing = Object.values(MESSAGES).filter(({ key, versions: [first, last] }) => {
        const { minVersion = Number.POSITIVE_INFINITY, maxVersion = -1 } = spoken.get(key) ?? {};
        return minVersion > first || maxVersion < last;
      });
      expect(missing.map(({ name }) => name)).toEqual([]);
    });

    state("Produce is offered from version 0, for clients that look whether it is", async ({ client }) => {
      const { apiKeys } = await client.call(MESSAGES.apiVersions, 3, software);
      expect(apiKeys.find(({ apiKey }) => apiKey === MESSAGES.produce.key)).toEqual({
        apiKey: 0,
        minVersion: 0,
        maxVersion: 13,
      });
    });

    state("ApiVersions is answered in every version, one of the future in the oldest form", async ({ client }) => {
      for (const version of [0, 1, 2, 3, 4]) {
        const { errorCode, apiKeys } = await client.call(MESSAGES.apiVersions, version, software);
        expect(errorCode).toBe(0);
        expect(apiKeys.length).toBeGreaterThan(20);
      }
      const answered = Promise.withResolvers<Buffer>();
      client.rawAnswer((frame) => answered.resolve(frame));
      // Key 18, version 99, correlation id 7, client id null, and bytes that only that version understands.
      client.raw(Buffer.from("0000000c001200630000000" + "7ffff0000", "hex"));
      expect((await answered.promise).toString("hex")).toBe("00000007" + "0023" + "00000001" + "001200000004");
    });

    state("features that begin at 0 are told from version 4 on (KIP-584)", async ({ client }) => {
      const levelOf = async (version: number) => {
        const { supportedFeatures, finalizedFeatures } = await client.call(MESSAGES.apiVersions, version, software);
        const named = ({ name }: { name: string }) => name === "transaction.version";
        return [supportedFeatures.find(named)?.maxVersion, finalizedFeatures.find(named)?.maxVersionLevel];
      };
      expect(await levelOf(4)).toEqual([2, 2]);
      expect(await levelOf(3)).toEqual([undefined, 2]);
    });

    state("software names are letters, digits, dots and hyphens (KIP-511)", async ({ client }) => {
      for (const clientSoftwareName of ["", "-x", "a b"]) {
        const answer = await client.call(MESSAGES.apiVersions, 3, { ...software, clientSoftwareName });
        expect(answer).toMatchObject({ errorCode: ERROR_CODES.INVALID_REQUEST, apiKeys: [] });
      }
    });

    state("a request that nobody knows closes the connection", async ({ connect }) => {
      const unknown = ["0000000a" + "7fff0000" + "00000001" + "ffff", "0000000a" + "00030063" + "00000001" + "ffff"];
      for (const frame of unknown) {
        const client = await connect();
        client.raw(Buffer.from(frame, "hex"));
        await client.closed;
      }
    });

    state("topics are told in every version, with their leaders", async ({ client, topic }) => {
      const name = await topic(2);
      for (let version = 0; version <= 13; version++) {
        const answer = await client.call(MESSAGES.metadata, version, {
          topics: named(name),
          allowAutoTopicCreation: false,
        });
        const [node] = answer.brokers;
        expect(node?.port).toBeGreaterThan(0);
        expect(only(answer.topics)).toMatchObject({ errorCode: 0, name, isInternal: false });
        expect(
          only(answer.topics).partitions.toSorted((one, other) => one.partitionIndex - other.partitionIndex),
        ).toEqual(
          [0, 1].map((partitionIndex) => ({
            errorCode: 0,
            partitionIndex,
            leaderId: node?.nodeId ?? -1,
            leaderEpoch: version >= 7 ? 0 : -1,
            replicaNodes: [node?.nodeId ?? -1],
            isrNodes: [node?.nodeId ?? -1],
            offlineReplicas: [],
          })),
        );
        expect(answer.clusterId === null).toBe(version < 2);
        expect(answer.controllerId).toBe(version < 1 ? -1 : (node?.nodeId ?? -1));
      }
    });

    state("all topics are asked for by null, and in version 0 by an empty list", async ({ client, topic }) => {
      const name = await topic();
      for (const [version, topics] of [
        [0, []],
        [1, null],
        [12, null],
      ] as const) {
        const answer = await client.call(MESSAGES.metadata, version, { topics });
        expect(answer.topics.map((one) => one.name)).toContain(name);
      }
      for (const version of [1, 12])
        expect((await client.call(MESSAGES.metadata, version, { topics: [] })).topics).toEqual([]);
    });

    state("a topic can be asked for by its id", async ({ client, topic }) => {
      const name = await topic();
      const topicId = await topicIdOf(client, name);
      const asked = async (id: string) => {
        const { topics } = await client.call(MESSAGES.metadata, 12, { topics: [{ name: null, topicId: id }] });
        return only(topics);
      };
      expect(await asked(topicId)).toMatchObject({ errorCode: 0, name, topicId });
      expect(await asked(NO_ID)).toMatchObject({
        errorCode: ERROR_CODES.UNKNOWN_TOPIC_ID,
        name: null,
        topicId: NO_ID,
        partitions: [],
      });
    });

    state("unknown and impossible names are told apart", async ({ client, name }) => {
      const missing = name("missing");
      const { topics } = await client.call(MESSAGES.metadata, 12, {
        topics: named(missing, "a b", "", "x".repeat(250)),
        allowAutoTopicCreation: false,
      });
      expect(new Set(topics.map((topic) => `${topic.name} ${topic.errorCode}`))).toEqual(
        new Set([`${missing} 3`, "a b 17", " 17", `${"x".repeat(250)} 17`]),
      );
    });

    state("a name is answered once, however often it is asked for", async ({ client, topic }) => {
      const name = await topic();
      const { topics } = await client.call(MESSAGES.metadata, 12, { topics: named(name, name) });
      expect(topics.length).toBe(1);
    });

    state("what may be done is told where it is asked for", async ({ client, topic }) => {
      const name = await topic();
      const silent = await client.call(MESSAGES.metadata, 10, { topics: named(name) });
      expect(only(silent.topics).topicAuthorizedOperations).toBe(-2147483648);
      const told = await client.call(MESSAGES.metadata, 10, {
        topics: named(name),
        includeClusterAuthorizedOperations: true,
        includeTopicAuthorizedOperations: true,
      });
      expect([told.clusterAuthorizedOperations, only(told.topics).topicAuthorizedOperations]).toEqual([8096, 3576]);
    });
  });
