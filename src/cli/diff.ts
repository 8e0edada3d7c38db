import { Command } from "commander";
import { readCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import {
  type Base,
  compareSchemas,
  diffHtml,
  diffJson,
  diffsSince,
  diffText,
  openBase,
  type SchemaDiff,
} from "../gate/index.ts";
import { gateSettings, readFolder } from "./check/open-check.ts";
import { tellBroken } from "./diff/broken.ts";
import { answer, type OutputOptions, withOutputOptions } from "./diff/output.ts";
import {
  entryOf,
  FORMS,
  findSide,
  isRevision,
  type Named,
  type Places,
  withGit,
  withoutBase,
  withoutScheme,
} from "./diff/sides.ts";
import { withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";

/** Tells every change between two schemas, and what each means. */
export const diffCommand = (io: Io): Command =>
  withExamples(
    withOutputOptions(
      new Command("diff")
        .description(
          "Explain what changed between two schemas, field by field, and which compatibility levels take it.",
        )
        .argument("[older]", `the earlier schema: ${FORMS}`)
        .argument(
          "[newer]",
          "the later one, named likewise; where it is left out, the first as it is now, against git; of two revisions, every schema",
        ),
    ).action((older: string | undefined, newer: string | undefined, options: OutputOptions) =>
      diff(io, { older, newer, options }),
    ),
    [
      ["sluice diff", "every schema that this branch changes"],
      ["sluice diff orders.order.created.v1", "one topic, against where this branch left the default branch"],
      ["sluice diff main:orders.order.created.v1 orders.order.created.v1", "what main has, and what is here"],
      ["sluice diff registry:orders.order.created.v1@2 registry:orders.order.created.v1@latest", "two versions"],
      ["sluice diff old.avsc new.avsc --html changes.html", "two files, as a page too"],
    ],
  );

interface Request {
  readonly older: string | undefined;
  readonly newer: string | undefined;
  readonly options: OutputOptions;
}

async function diff(io: Io, { older, newer, options }: Request): Promise<void> {
  const diffs = await diffsAsked(io, older, newer);
  const forms = { text: () => shown(diffs, io), json: () => diffJson(diffs), html: () => diffHtml(diffs) };
  answer(io, forms, options);
}

async function diffsAsked(
  io: Io,
  older: string | undefined,
  newer: string | undefined,
): Promise<readonly SchemaDiff[]> {
  const config = readConfig(io.env);
  const places: Places = { io, config, reading: readFolder(config.schemasDir) };
  if (older !== undefined && (await isRevision(older, places))) {
    if (newer === undefined) return sinceRevision(older, places);
    if (await isRevision(newer, places)) return betweenRevisions(older, newer, places);
  }
  if (older !== undefined && newer !== undefined) return [await between(older, newer, places)];
  return againstGit(older, places);
}

/** Every subject that is another here than at a revision. */
async function sinceRevision(revision: string, places: Places): Promise<readonly SchemaDiff[]> {
  const { reading } = places;
  tellBroken(reading, places);
  return diffsSince(await gitBase(places, `git:${withoutScheme(revision)}`), { reading, wanted: () => true });
}

async function betweenRevisions(older: string, newer: string, places: Places): Promise<readonly SchemaDiff[]> {
  const dir = places.config.schemasDir;
  const name = withoutScheme(newer);
  const reading = readCatalog(dir, await withGit(dir, places, (git) => git.filesAt(name)));
  tellBroken(reading, places);
  const base = await gitBase({ ...places, reading }, `git:${withoutScheme(older)}`);
  return diffsSince(base, { reading, wanted: () => true, name: `git:${name}` });
}

async function between(older: string, newer: string, places: Places): Promise<SchemaDiff> {
  // A bare revision means the other's subject there, so that the other has to be found first.
  const known = await findSide(newer, places).catch(keepReason);
  const was = await findSide(older, places, known instanceof CommandFailed ? undefined : known.subject);
  const is = known instanceof CommandFailed ? await findSide(newer, places, was.subject) : known;
  return compareSchemas(titleOf(was, is), { older: was, newer: is });
}

function keepReason(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  throw error;
}

const titleOf = (older: Named, newer: Named): string => newer.subject ?? older.subject ?? newer.name;

/** The subjects that have changed since the base that `check` compares with; one of them where it is named. */
async function againstGit(name: string | undefined, places: Places): Promise<readonly SchemaDiff[]> {
  const { reading } = places;
  const named = name === undefined ? undefined : entryOf(name, reading)?.subject;
  if (name !== undefined && named === undefined) {
    // Whatever else it is, it is no schema of the folder: say what it is, or that there is none of that name.
    const side = await findSide(name, places);
    if (side.now !== undefined) return [await between(name, side.now, places)];
    throw new CommandFailed(`${name} is compared with nothing: name a second schema. A schema is ${FORMS}.`);
  }
  if (named === undefined) tellBroken(reading, places);
  const base = await gitBase(places, "git");
  // Otherwise nobody would know why everything is told as new.
  if (base.subjects.size === 0 && base.note !== "") places.io.err(`${base.name}: ${base.note}\n`);
  return diffsSince(base, { reading, wanted: (subject) => named === undefined || subject === named });
}

async function gitBase({ io, config, reading }: Places, name: string): Promise<Base> {
  const dir = config.schemasDir;
  const { base: defaultBranch } = gateSettings(dir);
  try {
    return await openBase(name, { dir, reading, env: io.env, ...(defaultBranch !== undefined && { defaultBranch }) });
  } catch (error) {
    throw withoutBase(error);
  }
}

function shown(diffs: readonly SchemaDiff[], { terminal }: Io): string {
  return diffs.length === 0 ? "no schema has changed\n" : diffText(diffs, { columns: terminal?.columns });
}
