export { exitCodeOfSignal } from "./exit.ts";
export type { Io } from "./io.ts";
export { runSluice } from "./program.ts";
