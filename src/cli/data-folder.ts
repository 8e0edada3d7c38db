import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { CommandFailed } from "./exit.ts";

/**
 * Makes the folder that `--data` names, where it is not there.
 * @throws CommandFailed where nothing can be kept in it
 */
export function assertWritable(data: string): void {
  if (data === "") throw new CommandFailed("--data: expected the name of a folder, found nothing");
  try {
    mkdirSync(data, { recursive: true });
    if (!statSync(data).isDirectory()) throw Object.assign(new Error("ENOTDIR"), { code: "ENOTDIR" });
    accessSync(data, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CommandFailed(`--data ${data} cannot be written: ${reasonOf(cause)}; give another folder`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  EEXIST: "it is a file",
  ENOTDIR: "a part of it is a file",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead in a circle",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return REASONS[code] ?? error.message;
}
