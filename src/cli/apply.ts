import { Command } from "commander";
import { CatalogError, readCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { breakTeller } from "../gate/index.ts";
import { applySchemas, changesSomething, type SchemasApplied } from "../registry/index.ts";
import { withRegistry } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed, exitCodeOfSignal, Refused } from "./exit.ts";
import { type Io, stopped } from "./io.ts";
import { type LockWritten, readLock, relock } from "./lock-file.ts";
import { isRolledBack, meantText, reasonsOf, removedText, stepRow } from "./schema-steps.ts";
import { columns, counted } from "./table.ts";

interface Options {
  readonly json?: boolean;
  readonly allowLowering?: boolean;
  readonly prune?: boolean;
  readonly lock?: boolean;
  readonly replaceLock?: boolean;
}

/** Checks and registers the schemas: levels first, then schemas in the order of their references. */
export const applyCommand = (io: Io): Command =>
  withExamples(
    new Command("apply")
      .description(
        "Check the schemas and register them: all of them, or up to where the registry refuses; then lock them.",
      )
      .option(...JSON_OPTION)
      .option("--allow-lowering", "let a subject's compatibility level become weaker")
      .option("--prune", "delete subjects that were registered from the folder and are not in it any more")
      .option("--lock", "write schemas.lock.json even from `sluice dev`'s registry, or one in memory")
      .option("--no-lock", "leave schemas.lock.json as it is")
      .option("--replace-lock", "write schemas.lock.json for this registry, where it is another one's")
      .action((options: Options) => apply(io, options)),
    [
      ["sluice apply", "once more changes nothing: what is registered already stays as it is"],
      ["sluice apply --prune", "deletes what was removed from the folder too; its ids stay readable"],
      ["SLUICE_SCHEMAS=../events sluice apply", "schemas of another folder"],
    ],
  );

async function apply(io: Io, options: Options): Promise<void> {
  const config = readConfig(io.env);
  const { catalog, places, problems } = readCatalog(config.schemasDir);
  if (problems.length > 0) throw new CatalogError(problems);
  const before = await readLock(catalog.dir);
  const { allowLowering = false, prune = false, replaceLock: replace = false, lock } = options;
  const begun = { is: false };
  const work = withRegistry(config, async (registry) => {
    const onBegin = () => {
      begun.is = true;
    };
    const asked = { allowLowering, prune, lock: before, tell: breakTeller(places), onBegin, signal: io.stop };
    const done = await applySchemas(registry, catalog, asked);
    // Nothing was done, so there is nothing to write down.
    const isDone = done.stopped === undefined || done.done.length > 0 || done.stopped.inDoubt === true;
    const wanted = { lock: isDone ? lock : false, replace, before };
    return { applied: done, written: await relock(registry, { catalog, applied: done }, wanted) };
  });
  const { applied, written } = await Promise.race([work, endedBefore(io, begun)]);
  io.out(options.json ? `${JSON.stringify(jsonOf(applied, written), null, 2)}\n` : textOf(applied, written, prune));
  if ("why" in written && !options.json) io.err(`sluice: ${written.why}.\n`);
  if (applied.stopped?.ended) throw new CommandFailed("", { exitCode: exitCodeOfSignal(String(io.stop.reason)) });
  if (applied.stopped) throw new Refused();
}

/** Whoever only plans ends at once; whoever has begun ends after the step at hand, and says what was done. */
async function endedBefore(io: Io, begun: { readonly is: boolean }): Promise<never> {
  const signal = await stopped(io);
  if (begun.is) return new Promise(() => {});
  throw new CommandFailed(`ended by ${signal}.`, { exitCode: exitCodeOfSignal(signal) });
}

function textOf({ done, left, stopped, removed }: SchemasApplied, { status }: LockWritten, pruned: boolean): string {
  const rows = columns(done.map((step) => stepRow(step)));
  const locked = status === "written" ? " schemas.lock.json is up to date." : "";
  if (stopped) {
    const isLeft = left.filter(changesSomething).length;
    const same = [...done, ...left].filter((step) => !changesSomething(step)).length;
    const untouched = `${isLeft > 0 ? `, ${counted(isLeft)} left` : ""}${same > 0 ? `, ${counted(same)} registered already` : ""}`;
    const again = done.length > 0 || stopped.inDoubt ? "; once more goes on from here" : "";
    const reasons = stopped.refused?.map((step) => reasonsOf(step)) ?? [reasonsOf(stopped.step, stopped.messages)];
    const word = stopped.inDoubt || stopped.ended ? "Stopped" : "Refused";
    const count = counted(done.filter(changesSomething).length);
    const next = meantText(stopped.refused ?? []);
    return `${rows}${reasons.join("")}${next}\n${word}: ${count} done${untouched}${again}.${locked}\n`.replace(
      /^\n/,
      "",
    );
  }
  const changed = done.filter(changesSomething).length;
  const rolledBack = done
    .filter(isRolledBack)
    .map((step) => reasonsOf(step))
    .join("");
  const end =
    changed === 0
      ? "Nothing to do: everything is registered."
      : `Done: ${counted(changed)} ${changed === 1 ? "change" : "changes"}.`;
  return `${rows}${rolledBack}${removedText(removed, pruned)}\n${end}${locked}\n`;
}

/** An error is no JSON by itself: its kind and message say what it said. */
function jsonOf({ done, left, stopped, removed }: SchemasApplied, lock: LockWritten): object {
  if (!stopped) return { done, left, removed, lock };
  const { step, messages, error, inDoubt, ended } = stopped;
  return {
    done,
    left,
    removed,
    lock,
    stopped: {
      step,
      messages,
      ...(inDoubt && { inDoubt }),
      ...(ended && { ended }),
      ...(error && { error: { kind: error.kind, message: error.message } }),
    },
  };
}
