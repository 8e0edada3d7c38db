import { Command } from "commander";
import { readCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { type Base, BaseError, openBase, readGateSettings } from "../gate/index.ts";
import { checklistOf, type Step } from "./bump/checklist.ts";
import { committedTexts } from "./bump/committed.ts";
import { type BumpPlan, planBump } from "./bump/plan-bump.ts";
import { writeBump } from "./bump/write-bump.ts";
import { declaredReaders } from "./check/declared-readers.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";
import { columns } from "./table.ts";
import { wrap } from "./wrap.ts";

interface Options {
  readonly against: string;
  readonly copy?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Makes a new version of a topic of an edit that breaks the old one. */
export const bumpCommand = (io: Io): Command =>
  withExamples(
    new Command("bump")
      .description("Move an edit that breaks a topic into a new version: the next vN.avsc, and the old file as it was.")
      .argument("<topic>", "a topic, or an event type: then the version that was edited, or the newest")
      .option("--against <base>", "where the old schema is as it was: git, git:REVISION, or a folder", "git")
      .option("--copy", "begin the new version with a copy, where nothing was edited")
      .option("--dry-run", "show what would be done, and write nothing")
      .option(...JSON_OPTION)
      .action((topic: string, options: Options) => bump(io, topic, options)),
    [
      ["sluice bump orders.order.created", "v1.avsc was edited: the edit becomes v2.avsc, v1.avsc is as in git again"],
      ["sluice bump orders.order.created.v1 --dry-run", "the same, without writing"],
    ],
  );

async function bump(io: Io, asked: string, { against, copy, dryRun = false, json }: Options): Promise<void> {
  const { schemasDir: dir, workersDir } = readConfig(io.env);
  const reading = readCatalog(dir);
  const base = await baseOf(io, dir, against);
  // Whoever names a revision wants that one.
  const committed = against === "git" ? await committedTexts(dir, io.env) : undefined;
  const plan = planBump(asked, { dir, reading, base, today: new Date().toISOString().slice(0, 10), committed, copy });
  if (!dryRun) writeBump(plan);
  const { readers, broken } = await declaredReaders(io, workersDir);
  for (const { file, line, column, message } of broken) {
    io.err(`warning: what it reads is not known: ${file}:${line}:${column}: ${message}\n`);
  }
  const steps = checklistOf(plan, readers);
  io.out(json ? `${JSON.stringify(jsonOf(plan, steps, dryRun), null, 2)}\n` : textOf(plan, { steps, dryRun, io }));
}

async function baseOf(io: Io, dir: string, against: string): Promise<Base> {
  const { base } = readGateSettings(dir).settings;
  try {
    return await openBase(against, { dir, env: io.env, ...(base !== undefined && { defaultBranch: base }) });
  } catch (error) {
    if (error instanceof BaseError) throw new CommandFailed(error.message, { cause: error });
    throw error;
  }
}

function textOf(
  { added, restored, file, base, to, from, isCompatible, left }: BumpPlan,
  { steps, dryRun, io }: { steps: readonly Step[]; dryRun: boolean; io: Io },
): string {
  const [written, back] = dryRun ? ["would be written", "would be restored"] : ["written", "restored"];
  const rows = [
    [added.file, `${written}: ${restored ? `${file} as it was edited` : `a copy of ${file}, which is as in ${base}`}`],
    ...(restored ? [[restored.file, `${back}: as in ${base}`]] : []),
  ];
  const notes = [
    ...(isCompatible
      ? [`The edit breaks nothing: ${from} could take it as it was, and ${to} is needed only if you want it.`]
      : []),
    ...(left.length > 0 ? [`\`sluice check\` will still say:\n${left.map((one) => `  ${one}`).join("\n")}`] : []),
  ];
  const list = steps.map(({ title, text }, index) => `${index + 1}. ${title}. ${text}`);
  const width = Math.min(io.terminal?.columns ?? 100, 120);
  const paragraphs = [...notes, `What ${to} asks for:`].map((note) => `\n${note}\n`);
  return `${columns(rows)}${paragraphs.join("")}${list.map((one) => `${wrap(one, { width, indent: 3 })}\n`).join("")}`;
}

function jsonOf(plan: BumpPlan, steps: readonly Step[], dryRun: boolean): object {
  const { from, to, added, restored, base, isCompatible, left } = plan;
  return {
    from,
    to,
    base,
    dryRun,
    written: added.file,
    restored: restored?.file ?? null,
    compatible: isCompatible,
    left,
    checklist: steps,
  };
}
