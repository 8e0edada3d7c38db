import { describe, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { commandsTable, createProgram, exitCodesTable } from "../../src/cli/program.ts";
import { SETTINGS } from "../../src/config.ts";
import { expectPrinted } from "../support/page.ts";
import { fakeIo, sluice, typed } from "../support/sluice.ts";

const program = await createProgram("", fakeIo());
const commands = program.commands.flatMap((command) => [
  [command.name()],
  ...command.commands.map((below) => [command.name(), below.name()]),
]);

describe("help", () => {
  test.each(commands)("`sluice %s %s` has help with an example", async (...path) => {
    const args = path.filter((part) => typeof part === "string");
    const { code, out } = await sluice([...args, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: sluice ${args.join(" ")}`);
    expect(out).toMatch(/\nExamples:\n.*sluice /);
  });

  test("`sluice --help` lists every command, every setting and every exit code", async () => {
    const { code, out } = await sluice(["--help"]);
    expect(code).toBe(0);
    for (const [name] of commands) expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    for (const { variable } of Object.values(SETTINGS)) expect(out).toContain(`  ${variable} `);
    expect(out).toContain("Exit codes:");
  });

  test.each(["broker", "registry"])("`sluice %s --help` names defaults in words", async (name) => {
    expect((await sluice([name, "--help"])).out).not.toContain("[]");
  });

  test("`sluice help`, with a command or without, is its `--help`", async () => {
    expect(await sluice(["help"])).toEqual(await sluice(["--help"]));
    expect(await sluice(["help", "topics", "plan"])).toEqual(await sluice(["topics", "plan", "--help"]));
  });

  test.each(["--version", "-V"])("`sluice %s` prints the version", async (option) => {
    expect(await sluice([option])).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
  });

  test("`sluice` alone prints the help and fails, since nothing was asked for", async () => {
    const { code, err } = await sluice([]);
    expect(code).toBe(1);
    expect(err).toContain("Usage: sluice <command>");
  });
});

const USE_KAFKA = new Set(["topics plan", "groups", "work order-emails", "api"]);
const USE_REGISTRY = new Set(["plan", "apply", "work order-emails", "api"]);

describe("usage errors", () => {
  test.each([
    [["aply"], "sluice: unknown command 'aply'; did you mean apply?\nSee `sluice --help`.\n"],
    [["apply", "--jsn"], "sluice: unknown option '--jsn'; did you mean --json?\nSee `sluice apply --help`.\n"],
    [["topics", "aply"], "sluice: unknown command 'aply'; did you mean apply?\nSee `sluice topics --help`.\n"],
    [["work"], "sluice: name the workers to run, or say --all.\n"],
    [["work", "order-emails", "--all"], "sluice: name the workers to run or say --all, not both.\n"],
  ])("`sluice %j` says what is wrong in a sentence", async (args, sentence) => {
    expect(await sluice(args)).toEqual({ code: 1, out: "", err: sentence });
  });

  test("a worker that is not there is named with the nearest that is", async () => {
    const { code, err } = await sluice(["work", "order-projektion"]);
    expect(code).toBe(1);
    expect(err).toContain("order-projektion: no such worker; did you mean order-projection?");
  });

  test("all settings that are wrong are named at once", async () => {
    const { code, err } = await sluice(["groups"], { HTTP_PORT: "x", KAFKA_FOO: "1" });
    expect(code).toBe(1);
    expect(err).toBe(
      "The settings are not usable:\n" +
        "  KAFKA_FOO: no such setting; `sluice --help` lists them.\n" +
        "  HTTP_PORT=x: expected a port, 0 to 65535\n",
    );
  });

  test.each([...USE_KAFKA.union(USE_REGISTRY)])(
    "`sluice %s` says once that nothing listens, and what would",
    async (command) => {
      const env = { KAFKA_BOOTSTRAP_SERVERS: "localhost:1", SCHEMA_REGISTRY_URL: "http://127.0.0.1:2" };
      const { code, err } = await sluice(command.split(" "), {
        ...env,
        DATABASE_URL: `sqlite://${join(tmpdir(), "sluice-nowhere.sqlite")}`,
      });
      expect(code).toBe(1);
      const kafka = typed("nothing listens at localhost:1 (ECONNREFUSED); `sluice dev` or `sluice broker` starts one");
      const registry = typed(
        "nothing listens at 127.0.0.1:2 (ECONNREFUSED); `sluice dev` or `sluice registry` starts one",
      );
      const told = err.split("\n").filter((line) => line.includes("nothing listens"));
      const asked = [USE_KAFKA.has(command) ? [kafka] : [], USE_REGISTRY.has(command) ? [registry] : []].flat();
      expect(told).toEqual(asked.map((sentence) => expect.stringContaining(sentence)));
      expect(err.match(/ECONNREFUSED/g)).toHaveLength(asked.length);
    },
  );

  test("a failure has no stack unless LOG_LEVEL=debug asks for it", async () => {
    const nowhere = { SLUICE_SCHEMAS: "no/such/folder" };
    const quiet = await sluice(["plan"], nowhere);
    expect(quiet.code).toBe(1);
    expect(quiet.err).not.toContain("    at ");
    expect((await sluice(["plan"], { ...nowhere, LOG_LEVEL: "debug" })).err).toContain("    at ");
  });
});

test("the README lists exactly the commands that there are", () =>
  expectPrinted("src/cli/README.md", "commands", commandsTable(program)));

test("the README says what the exit codes say", () =>
  expectPrinted("src/cli/README.md", "exit-codes", exitCodesTable()));
