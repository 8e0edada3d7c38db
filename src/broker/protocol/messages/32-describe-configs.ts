import { defineApi } from "../api.ts";
import { array, bool, int8, int16, int32, string } from "../field.ts";

/** Asks for the settings of topics and brokers, and where each comes from. */
export const describeConfigs = defineApi({
  key: 32,
  name: "DescribeConfigs",
  versions: [1, 4],
  flexibleSince: 4,
  request: {
    resources: array({
      resourceType: int8,
      resourceName: string,
      configurationKeys: array(string).orNull(),
    }),
    includeSynonyms: bool.or(false),
    includeDocumentation: bool.from(3).or(false),
  },
  response: {
    throttleTimeMs: int32,
    results: array({
      errorCode: int16,
      errorMessage: string.orNull(),
      resourceType: int8,
      resourceName: string,
      configs: array({
        name: string,
        value: string.orNull(),
        readOnly: bool,
        configSource: int8.or(-1),
        isSensitive: bool,
        synonyms: array({
          name: string,
          value: string.orNull(),
          source: int8,
        }),
        configType: int8.from(3).or(0),
        documentation: string.orNull().from(3),
      }),
    }),
  },
});
