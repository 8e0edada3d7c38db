export { forcedExitCode } from "./exit.ts";
export type { Io } from "./io.ts";
export { runSluice } from "./program.ts";
