import { diskFiles } from "../../../../src/broker/log/index.ts";

/** Holds the directory that it is given until it is killed. */
const [, , path = ""] = process.argv;
diskFiles(path);
process.stdout.write("held\n");
setInterval(() => {}, 1_000_000);
