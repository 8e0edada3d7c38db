import { afterAll } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBroker } from "../../../src/broker/index.ts";
import { diskFiles, memoryFiles } from "../../../src/broker/log/index.ts";
import { logContract } from "../../contract/log.ts";
import { localLogs } from "./support/local-log.ts";
import { remoteLogs } from "./support/remote-log.ts";

/** The same statements about our log, in memory, on a disk, and behind our broker, and about Apache Kafka's. */
const folder = mkdtempSync(join(tmpdir(), "sluice-log-"));
const memory = memoryFiles();
const disk = diskFiles(folder);
const broker = await openBroker();

afterAll(async () => {
  await broker.close();
  disk.close();
  rmSync(folder, { recursive: true });
});

logContract(
  "log in memory",
  localLogs(() => memory),
);
logContract(
  "log on a disk",
  localLogs(() => disk),
);
logContract(
  "log behind our broker",
  remoteLogs(() => broker.address),
);

const apacheKafka = process.env.TEST_APACHE_KAFKA;
if (apacheKafka !== undefined) {
  logContract(
    "log of Apache Kafka",
    remoteLogs(() => apacheKafka),
    {
      "offsets within a batch have to be those of its records":
        "Apache Kafka stores such a batch, and its consumers then see offsets that are not the records' own",
      "records that are packed wrongly are stored, since nobody unpacks them":
        "Apache Kafka unpacks every batch, and answers UNKNOWN_SERVER_ERROR",
    },
  );
}
