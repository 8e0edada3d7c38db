import { describe } from "bun:test";
import { createRegistry } from "../../src/registry/index.ts";
import { registryContract } from "../contract/registry.ts";
import { cluster } from "../support/cluster.ts";
import { startFakeConfluent } from "./fake-confluent.ts";

for (const release of ["7", "8"] as const) {
  // Lives as long as the tests of this file: it holds one port and ends with the process.
  const fake = startFakeConfluent({ release });
  registryContract(`a stand-in for Confluent ${release}`, () => createRegistry({ url: fake.url }));
}

describe.skipIf(cluster === undefined)("real registry", () => {
  registryContract("real registry", () => createRegistry({ url: cluster?.registry ?? "" }));
});
