import { defineApi } from "../api.ts";
import { array, bool, int16, int32, int64, string } from "../field.ts";

/** Asks which requests and versions the broker speaks; the first thing a client says. */
export const apiVersions = defineApi({
  key: 18,
  name: "ApiVersions",
  versions: [0, 4],
  flexibleSince: 3,
  request: {
    clientSoftwareName: string.from(3),
    clientSoftwareVersion: string.from(3),
  },
  response: {
    errorCode: int16,
    apiKeys: array({
      apiKey: int16,
      minVersion: int16,
      maxVersion: int16,
    }),
    throttleTimeMs: int32.from(1),
    supportedFeatures: array({
      name: string,
      minVersion: int16,
      maxVersion: int16,
    })
      .from(3)
      .tagged(0),
    finalizedFeaturesEpoch: int64.from(3).or(-1n).tagged(1),
    finalizedFeatures: array({
      name: string,
      maxVersionLevel: int16,
      minVersionLevel: int16,
    })
      .from(3)
      .tagged(2),
    zkMigrationReady: bool.from(3).or(false).tagged(3),
  },
});
