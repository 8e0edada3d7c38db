import { constants } from "node:os";

const UNFINISHED =
  "changes are pending (`plan --fail-on-changes`), or it stopped before everything was finished: `SLUICE_SHUTDOWN_TIMEOUT_MS` was over";

/** What the exit code of `sluice` says. */
export const EXIT_CODES = {
  done: { code: 0, meaning: "done; what runs until it is asked to stop ends with 0 then" },
  failed: { code: 1, meaning: "a usage error, or what was asked for failed or was refused" },
  unfinished: { code: 3, meaning: UNFINISHED },
  findings: { code: 100, meaning: "`check`, `lint`, `compat` or `fmt --check` has found something" },
} as const;

/** What it says where a signal ended a command that had more to do. */
export const SIGNAL_MEANING = "ended by Ctrl-C before it was done; after another signal, 128 and its number";

/** What a shell says of a program that a signal ended: 128 and the signal's number. */
export const exitCodeOfSignal = (signal: string): number =>
  128 + (new Map<string, number>(Object.entries(constants.signals)).get(signal) ?? 0);

/** The command failed, and this sentence is all there is to say about it. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly exitCode: number;

  constructor(
    message: string,
    { exitCode = EXIT_CODES.failed.code, cause }: { exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** As CommandFailed, where the output has said everything already. */
export class Refused extends CommandFailed {
  constructor() {
    super("");
  }
}

/** Something was found, which the output has told. */
export class Found extends CommandFailed {
  constructor() {
    super("", { exitCode: EXIT_CODES.findings.code });
  }
}
