import { normalize } from "node:path";
import { LEVELS, plural } from "../../avro/index.ts";
import { readCatalog } from "../../catalog/index.ts";
import type { Base, SubjectHistory } from "../model.ts";
import { openGit } from "./git.ts";
import { shortOf } from "./git-answers.ts";
import { type Chosen, chooseDefault, chooseNamed, revisionsOfDefault } from "./git-choice.ts";
import type { FolderHistory } from "./git-folder.ts";
import { versionsIn } from "./git-versions.ts";
import type { BaseParts } from "./index.ts";
import { historyOf, notesOf, subjectsOf } from "./subjects.ts";

/** What a revision has of the folder; without one, the merge base with the default branch. */
export async function gitBase(revision: string | undefined, parts: BaseParts): Promise<Base> {
  const git = await openGit(parts.dir, parts.env, revision === undefined ? revisionsOfDefault(parts) : []);
  const chosen = await (revision === undefined ? chooseDefault(git, parts) : chooseNamed(git, revision, parts.env));
  if (chosen.hash === undefined) return { name: chosen.name, subjects: new Map(), note: chosen.note };
  const dir = folderName(parts.dir);
  if (parts.changesOnly && (await git.isOnDisk(chosen.hash))) {
    const reading = readCatalog(dir);
    const note = [chosen.note, notesOf(reading, "that commit")].filter((one) => one !== "").join("; ");
    return { name: chosen.name, subjects: subjectsOf(reading, shortOf(chosen.hash)), note };
  }
  const history = await git.history(chosen.hash);
  const subjects = subjectsIn(dir, history);
  const notes = [chosen.note, emptyNote(dir, history, chosen), subjects.note, cutNote(history, subjects.histories)];
  return { name: chosen.name, subjects: subjects.histories, note: notes.filter((note) => note !== "").join("; ") };
}

function subjectsIn(dir: string, history: FolderHistory) {
  const [newest] = history.revisions;
  if (newest === undefined) return { histories: new Map<string, SubjectHistory>(), note: "" };
  const reading = readCatalog(dir, newest.files);
  const entries = new Map(
    [...reading.catalog.shared, ...reading.catalog.topics].map((entry) => [entry.subject, entry] as const),
  );
  const histories = new Map<string, SubjectHistory>();
  for (const [subject, versions] of versionsIn(dir, history)) {
    if (versions.length === 0) continue;
    const entry = entries.get(subject);
    const file = versions.at(-1)?.source?.file;
    const known = entry && historyOf(reading, entry, versions);
    histories.set(subject, known ?? { subject, versions, ...(file && { file }) });
  }
  return { histories, note: notesOf(reading, "that commit") };
}

/** Otherwise a folder that was moved would look like one in which everything is new, and right. */
function emptyNote(dir: string, { newest }: FolderHistory, { hash = "" }: Chosen): string {
  return newest.size > 0 ? "" : `there was no schema in ${dir} at ${hash.slice(0, 7)}: every subject is new`;
}

/** Only where it matters: a level that asks for one earlier version has it. */
function cutNote({ cut, revisions }: FolderHistory, histories: ReadonlyMap<string, SubjectHistory>): string {
  const isTransitive = [...histories.values()].some(({ level }) => level && LEVELS[level].against === "all");
  if (cut === undefined || !isTransitive) return "";
  const since = revisions.at(-1)?.commit.short;
  if (cut === "limit") return `the history ends ${plural(revisions.length, "commit")} back, at ${since}`;
  return `the history ends at ${since}, where this clone was cut; \`git fetch --unshallow\` brings the rest`;
}

function folderName(dir: string): string {
  const normal = normalize(dir);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
