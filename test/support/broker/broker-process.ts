import { openBroker } from "../../../src/broker/index.ts";
import { diskFiles } from "../../../src/broker/log/index.ts";

/**
 * A broker on a directory, in a process of its own that a test may kill: `bun broker-process.ts <directory>`. It prints
 * its address when it is up.
 */
const directory = process.argv[2];
if (!directory) throw new Error("a directory is needed");
const broker = await openBroker({ files: diskFiles(directory) });
process.stdout.write(`${broker.address}\n`);
