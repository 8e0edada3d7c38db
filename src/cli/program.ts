import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { SETTINGS } from "../config.ts";
import { asTyped } from "./command-of.ts";
import { CommandFailed, EXIT_CODES, exitCodeOfSignal, SIGNAL_MEANING } from "./exit.ts";
import { explain } from "./explain.ts";
import { type Io, stopped } from "./io.ts";

interface CommandEntry {
  readonly load: () => Promise<(io: Io) => Command>;
  /** It finishes what is under way when the process is asked to stop. The others have nothing to finish. */
  readonly stops?: true;
}

/**
 * The commands by name, in the order in which help lists them. Only the file of the command asked for is loaded:
 * `health` runs every few seconds in each container and has no use for Kafka's client.
 */
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  dev: { load: async () => (await import("./dev.ts")).devCommand, stops: true },
  demo: { load: async () => (await import("./demo.ts")).demoCommand, stops: true },
  api: { load: async () => (await import("./api.ts")).apiCommand, stops: true },
  work: { load: async () => (await import("./work.ts")).workCommand, stops: true },
  broker: { load: async () => (await import("./broker.ts")).brokerCommand, stops: true },
  registry: { load: async () => (await import("./registry.ts")).registryCommand, stops: true },
  lint: { load: async () => (await import("./lint.ts")).lintCommand },
  fmt: { load: async () => (await import("./fmt.ts")).fmtCommand },
  check: { load: async () => (await import("./check.ts")).checkCommand },
  diff: { load: async () => (await import("./diff.ts")).diffCommand },
  changelog: { load: async () => (await import("./changelog.ts")).changelogCommand },
  compat: { load: async () => (await import("./compat.ts")).compatCommand },
  explain: { load: async () => (await import("./explain-rule.ts")).explainRuleCommand },
  bump: { load: async () => (await import("./bump.ts")).bumpCommand },
  plan: { load: async () => (await import("./plan.ts")).planCommand },
  apply: { load: async () => (await import("./apply.ts")).applyCommand, stops: true },
  topics: { load: async () => (await import("./topics.ts")).topicsCommand },
  types: { load: async () => (await import("./types.ts")).typesCommand, stops: true },
  groups: { load: async () => (await import("./groups.ts")).groupsCommand },
  health: { load: async () => (await import("./health.ts")).healthCommand },
};

/** Runs `sluice` with these arguments and answers the exit code. Never throws. */
export async function runSluice(given: readonly string[], io: Io): Promise<number> {
  // `sluice help plan` is how some ask for `sluice plan --help`.
  const args = given[0] === "help" ? [...given.slice(1), "--help"] : given;
  try {
    const [name = ""] = args;
    const program = await createProgram(name, io);
    const ended = program.parseAsync(args, { from: "user" });
    await (COMMANDS[name]?.stops ? ended : Promise.race([ended, endedBySignal(io)]));
    return EXIT_CODES.done.code;
  } catch (error) {
    // Commander has printed its help or its complaint by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done.code : EXIT_CODES.failed.code;
    const sentence = explain(error, { stack: io.env.LOG_LEVEL === "debug" });
    if (sentence !== "") io.err(`${asTyped(sentence, io.self)}\n`);
    return error instanceof CommandFailed ? error.exitCode : EXIT_CODES.failed.code;
  }
}

async function endedBySignal(io: Io): Promise<never> {
  const signal = await stopped(io);
  throw new CommandFailed(`ended by ${signal}.`, { exitCode: exitCodeOfSignal(signal) });
}

/** Builds the program with the command named, or with all of them where there is none of that name. */
export async function createProgram(name: string, io: Io): Promise<Command> {
  const program = new Command("sluice")
    .description("A typed event pipeline: HTTP in, checked Avro on Kafka, workers out.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpCommand(false)
    .usage("<command> [options]")
    .addHelpText("after", ({ command }) =>
      command.name() === "sluice" ? `\n${settingsHelp()}\n\n${exitCodesHelp()}` : "",
    );
  const asked = COMMANDS[name];
  for (const { load } of asked ? [asked] : Object.values(COMMANDS)) program.addCommand((await load())(io));
  withIo(program, io);
  return program;
}

/** Makes the command and those below it write where we say, and throw where commander would end the process. */
function withIo(command: Command, io: Io): void {
  const { terminal } = io;
  command
    .exitOverride()
    .showHelpAfterError(`See \`${pathOf(command)} --help\`.`)
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // "error: unknown command 'aply'\n(Did you mean apply?)" as one sentence.
      outputError: (text, write) =>
        write(text.replace(/^error: /, "sluice: ").replace(/\n\(Did you mean (.*)\?\)/, "; did you mean $1?")),
      getOutHelpWidth: () => terminal?.columns ?? 100,
      getErrHelpWidth: () => terminal?.columns ?? 100,
    })
    .configureHelp({ showGlobalOptions: false });
  for (const below of command.commands) withIo(below, io);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function settingsHelp(): string {
  const settings = Object.values<{ variable: string; help: string; fallback: unknown }>(SETTINGS);
  const width = Math.max(...settings.map(({ variable }) => variable.length));
  const lines = settings.map(({ variable, help, fallback }) => {
    const shown = Array.isArray(fallback) ? fallback.join(",") : String(fallback);
    return `  ${variable.padEnd(width)}  ${help}${shown === "" ? "" : ` [${shown}]`}`;
  });
  return ["Settings, from the environment or .env, with their defaults in brackets:", ...lines].join("\n");
}

function exitCodesHelp(): string {
  const lines = exitCodes().map(([code, meaning]) => `  ${code.padEnd(3)}  ${meaning}`);
  return ["Exit codes:", ...lines].join("\n");
}

/** Every command with its arguments and what it does, as the README's table. */
export function commandsTable(program: Command): string {
  const rows = program.commands
    .flatMap((command) => [command, ...command.commands])
    .filter(({ commands }) => commands.length === 0);
  const lines = rows.map((command) => `| \`${pathOf(command)}${argumentsOf(command)}\` | ${command.description()} |`);
  return ["| command | what it does |", "|---|---|", ...lines].join("\n");
}

function argumentsOf(command: Command): string {
  const given = command.registeredArguments.map((one) => {
    const name = one.variadic ? `${one.name()}…` : one.name();
    return one.required ? ` ${name.toUpperCase()}` : ` [${name.toUpperCase()}]`;
  });
  const options = command.options.filter(({ long }) => long !== "--json").map(({ flags }) => ` [${flags}]`);
  return [...given, ...options].join("");
}

/** What the exit codes say, as the README's table. */
export function exitCodesTable(): string {
  const rows = exitCodes().map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return ["| exit code | what it says |", "|---|---|", ...rows].join("\n");
}

const exitCodes = (): readonly (readonly [code: string, meaning: string])[] => [
  ...Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning] as const),
  ["130", SIGNAL_MEANING],
];
