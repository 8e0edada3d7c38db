import { describe } from "bun:test";
import { createRegistry } from "../../src/registry/index.ts";
import { openRegistry } from "../../src/registry/server/index.ts";
import { registryContract } from "../contract/registry.ts";
import { registryApiContract } from "../contract/registry-api.ts";
import { APICURIO, STAND_IN } from "../contract/registry-differences.ts";
import { cluster } from "../support/cluster.ts";
import { startFakeConfluent } from "./fake-confluent.ts";

for (const release of ["7", "8"] as const) {
  // Lives as long as the tests of this file: it holds one port and ends with the process.
  const fake = startFakeConfluent({ release });
  registryContract(`a stand-in for Confluent ${release}`, () => createRegistry({ url: fake.url }));
  registryApiContract(`a stand-in for Confluent ${release}`, () => fake.url, STAND_IN);
}

// As do these.
const ours = await openRegistry();
registryContract("ours", () => createRegistry({ url: ours.url }));
registryApiContract("ours", () => ours.url);

const guarded = await openRegistry({ users: [{ username: "name", password: "password" }] });
registryContract("ours with a password", () =>
  createRegistry({ url: guarded.url, username: "name", password: "password" }),
);

const isApicurio = cluster?.registry.includes("/apis/ccompat/") ?? false;

describe.skipIf(cluster === undefined)("real registry", () => {
  registryContract("real registry", () => createRegistry({ url: cluster?.registry ?? "" }));
  registryApiContract("real registry", () => cluster?.registry ?? "", isApicurio ? APICURIO : {});
});
