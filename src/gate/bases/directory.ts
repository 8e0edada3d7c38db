import { statSync } from "node:fs";
import { normalize } from "node:path";
import { readCatalog } from "../../catalog/index.ts";
import type { Base } from "../model.ts";
import { BaseError } from "./error.ts";
import { notesOf, subjectsOf } from "./subjects.ts";

/** Another folder of schemas: what it holds is the one earlier version of each subject. */
export function directoryBase(name: string, dir: string): Base {
  if (dir === "") throw new BaseError("dir: names no folder", "Write the folder behind it: dir:../released");
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BaseError(`there is no folder ${dir} to compare with`, "");
  }
  const reading = readCatalog(normalize(dir));
  return { name, subjects: subjectsOf(reading, dir), note: notesOf(reading, dir) };
}
