import { diskFiles } from "../../../../src/broker/log/index.ts";

/** Holds the directory that it is given until it is killed, or whoever started it has ended. */
const [, , path = ""] = process.argv;
diskFiles(path);
process.stdout.write("held\n");
for await (const _ of Bun.stdin.stream());
