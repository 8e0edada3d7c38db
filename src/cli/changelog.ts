import { Command } from "commander";
import { readConfig } from "../config.ts";
import {
  type Changelog,
  changelogHtml,
  changelogJson,
  changelogMarkdown,
  changelogOfGit,
  changelogOfVersions,
  openBase,
} from "../gate/index.ts";
import { chosen, readFolder } from "./check/open-check.ts";
import { tellBroken } from "./diff/broken.ts";
import { answer, type OutputOptions, withOutputOptions } from "./diff/output.ts";
import { type Places, withGit } from "./diff/sides.ts";
import { withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";

interface Options extends OutputOptions {
  readonly since?: string;
  readonly registry?: boolean;
}

/** Tells what has changed in the schemas over time. */
export const changelogCommand = (io: Io): Command =>
  withExamples(
    withOutputOptions(
      new Command("changelog")
        .description("Tell what changed in the schemas, commit by commit or version by version, as Markdown.")
        .argument("[topics...]", "topics, subjects or event types; all where none is named")
        .option("--since <revision>", "begin after this commit, tag or branch")
        .option("--registry", "go by the versions in the registry, not by the commits of git"),
    ).action((topics: string[], options: Options) => changelog(io, topics, options)),
    [
      ["sluice changelog", "every change of a schema that git knows of"],
      ["sluice changelog orders.order.created.v1 --since v1.4", "one topic, since a release"],
      ["sluice changelog --registry --html changes.html", "what is registered, as a page too"],
    ],
  );

async function changelog(io: Io, topics: readonly string[], options: Options): Promise<void> {
  const { since, registry = false } = options;
  if (registry && since !== undefined) {
    throw new CommandFailed("--since is for git: the registry does not say when a version was registered.");
  }
  const config = readConfig(io.env);
  const places: Places = { io, config, reading: readFolder(config.schemasDir) };
  // What is registered is no file.
  if (!registry) tellBroken(places.reading, places);
  const found = await (registry ? ofRegistry(places, topics) : ofGit(places, topics, since));
  answer(
    io,
    {
      text: () => changelogMarkdown(found),
      json: () => changelogJson(found),
      html: () => changelogHtml(found),
    },
    options,
  );
}

function ofGit(places: Places, topics: readonly string[], since: string | undefined): Promise<Changelog> {
  const { reading, config } = places;
  const only = topics.length === 0 ? undefined : chosen(topics, reading, []);
  const wanted = (subject: string) => only?.has(subject) ?? true;
  return withGit(config.schemasDir, places, (git) =>
    changelogOfGit(git, { reading, wanted, ...(since !== undefined && { since }) }),
  );
}

async function ofRegistry({ config, io, reading }: Places, topics: readonly string[]): Promise<Changelog> {
  // Only who asks for the registry waits for its client to load.
  const { withRegistry } = await import("./connections.ts");
  const base = await withRegistry(config, (registry) =>
    openBase("registry", { dir: config.schemasDir, reading, registry, env: io.env }),
  );
  const only = topics.length === 0 ? undefined : chosen(topics, reading, [base]);
  const subjects = [...base.subjects.values()].filter(({ subject }) => only?.has(subject) ?? true);
  return { ...changelogOfVersions(subjects), note: base.note };
}
