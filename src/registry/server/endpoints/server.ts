import type { Endpoint } from "../endpoint.ts";

/** The release of Confluent's registry whose API this is: clients ask, to know what they may use. */
const RELEASE = "8.3.0";

export const SERVER: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/",
    purpose: "An empty object: the registry is there.",
    inContexts: false,
    answer: () => ({}),
  },
  {
    method: "GET",
    path: "/v1/metadata/id",
    purpose: "Which registry this is: its cluster says whether it is `sluice dev`'s, or kept in memory.",
    inContexts: false,
    answer: ({ name = "schema-registry" }) => ({
      id: "",
      scope: { path: [], clusters: { "kafka-cluster": "sluice", "schema-registry-cluster": name } },
    }),
  },
  {
    method: "GET",
    path: "/v1/metadata/version",
    purpose: "The release of Confluent's registry whose API this is.",
    inContexts: false,
    answer: () => ({ version: RELEASE, commitId: "sluice" }),
  },
  {
    method: "GET",
    path: "/v1/metadata/deployment",
    purpose: "An empty list of attributes.",
    inContexts: false,
    answer: () => ({ attributes: [] }),
  },
];
