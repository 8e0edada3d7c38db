import { defineHandler, type Handler } from "../parts.ts";
import { KafkaFault, MESSAGES } from "../protocol/index.ts";

/**
 * What clients look at before they choose how to speak: transactions by KIP-890 (`transaction.version` 2), and groups by
 * KIP-848 (`group.version` 1).
 */
const FEATURES = [
  { name: "group.version", level: 1 },
  { name: "transaction.version", level: 2 },
];

/** Before this version a client took a least version of 0 for an error (KIP-584), and is not told of such features. */
const FEATURES_FROM_ZERO_SINCE = 4;

/** librdkafka wants Produce from version 0 on before it compresses by zstd or gzip, though it never uses it (KAFKA-18659). */
const advertisedFrom = (key: number, first: number): number => (key === MESSAGES.produce.key ? 0 : first);

/** Tells which requests there are, from the list of handlers. */
export const apiVersions = (handlers: () => readonly Handler[]) =>
  defineHandler(MESSAGES.apiVersions, ({ version }, { clientSoftwareName, clientSoftwareVersion }) => {
    if (version >= 3 && !(isSoftwareName(clientSoftwareName) && isSoftwareName(clientSoftwareVersion))) {
      return { errorCode: new KafkaFault("INVALID_REQUEST").code, apiKeys: [] };
    }
    return {
      errorCode: 0,
      apiKeys: handlers()
        .map(({ api: { key, versions } }) => ({
          apiKey: key,
          minVersion: advertisedFrom(key, versions[0]),
          maxVersion: versions[1],
        }))
        .toSorted((one, other) => one.apiKey - other.apiKey),
      supportedFeatures:
        version < FEATURES_FROM_ZERO_SINCE
          ? []
          : FEATURES.map(({ name, level }) => ({ name, minVersion: 0, maxVersion: level })),
      finalizedFeaturesEpoch: 0n,
      finalizedFeatures: FEATURES.map(({ name, level }) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
    };
  });

// KIP-511
const isSoftwareName = (text: string): boolean => /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/.test(text);
