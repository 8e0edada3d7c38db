import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "../report.ts";
import { type Change, writeFolder } from "./folder.ts";
import { pairs, writeLarge } from "./pairs.ts";

const HELP = `Measures \`sluice check\` and \`sluice compat\`, start included: this repository, a folder of a thousand subjects against
its lock, large schemas, and twenty thousand pairs.

  bun run bench:gate            from source, and as the executable where \`bun run build\` made one
  bun run bench:gate 5 500 4    5 runs of each, 500 subjects, 4 versions each`;

const ROOT = join(import.meta.dir, "../../..");
const asked = process.argv.slice(2);
if (asked.some((one) => !/^\d+$/.test(one))) {
  console.log(HELP);
  process.exit(asked.includes("--help") ? 0 : 1);
}
const [runs = 20, subjects = 1_000, versions = 10] = asked.map(Number);

const executable = process.env.SLUICE_EXECUTABLE ?? join(ROOT, "dist/sluice");
/** One that was built before there was a check has none to measure; asked for help, it would still give it. */
const isBuilt = existsSync(executable) && Bun.spawnSync([executable, "check", "--json-schema"]).exitCode === 0;
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  source: [process.execPath, join(ROOT, "src/main.ts")],
  ...(isBuilt && { executable: [executable] }),
};

/** Milliseconds from the start of the process to its end, the middle one of the runs. */
function measured(
  command: readonly string[],
  { env = {}, input = "" }: { readonly env?: Record<string, string>; readonly input?: string } = {},
) {
  const stdin = Buffer.from(input);
  const took = Array.from({ length: runs + 1 }, () => {
    const start = performance.now();
    const { exitCode, stderr } = Bun.spawnSync([...command], {
      cwd: ROOT,
      env: { ...process.env, SLUICE_EXECUTABLE: undefined, ...env },
      stdin,
      stdout: "ignore",
      stderr: "pipe",
    });
    if (exitCode !== 0 && exitCode !== 100) throw new Error(stderr.toString());
    return performance.now() - start;
  }).slice(1); // The first one fills the caches.
  return { median: median(took, (ms) => ms), best: Math.min(...took), worst: Math.max(...took) };
}

const rows: Record<string, string>[] = [];
const row = (what: string, program: string, { median: middle, best, worst }: ReturnType<typeof measured>) => {
  const ms = (value: number) => `${Math.round(value)} ms`;
  rows.push({ what, program, median: ms(middle), best: ms(best), worst: ms(worst) });
};

const rowsOf = (what: string, args: readonly string[], given: Parameters<typeof measured>[1] = {}) => {
  for (const [program, command] of Object.entries(PROGRAMS)) row(what, program, measured([...command, ...args], given));
};

rowsOf("check of this repository", ["check"]);

const dir = await mkdtemp(join(tmpdir(), "sluice-gate-"));
try {
  const CASES: Readonly<Record<Change, string>> = {
    nothing: "nothing changed",
    compatible: "all changed, transitive",
    breaking: "all broken, transitive",
  };
  for (const [change, title] of Object.entries(CASES)) {
    const schemas = join(dir, change);
    // The keys are the changes.
    await writeFolder(schemas, { subjects, versions, change: change as Change });
    const env = { SLUICE_SCHEMAS: schemas, SLUICE_WORKERS: "" };
    rowsOf(`check of ${subjects} subjects of ${versions} versions, ${title}`, ["check", "--against", "lock"], { env });
  }
  for (const { title, files } of await writeLarge(dir)) rowsOf(title, ["compat", ...files]);
  rowsOf(pairs.title, ["compat", "--jsonl"], { input: pairs.lines() });
} finally {
  await rm(dir, { recursive: true });
}
console.table(rows);
