import { linkSync, rmSync, writeFileSync } from "node:fs";
import { CommandFailed } from "../exit.ts";
import { writeWhole } from "../write-whole.ts";
import type { BumpPlan } from "./plan-bump.ts";

/** Writes both files or none. The new one comes first, so that the edit is at no time nowhere. */
export function writeBump({ added, restored }: Pick<BumpPlan, "added" | "restored">): void {
  writeNew(added.file, added.text);
  try {
    if (restored !== undefined) writeWhole(restored.file, restored.text);
  } catch (error) {
    rmSync(added.file);
    throw failure(restored?.file ?? "", error);
  }
}

/** Writes a file whole, and never over another one. */
function writeNew(file: string, text: string): void {
  const draft = file.replace(/[^/\\]*$/, (name) => `.${name}.${crypto.randomUUID()}`);
  try {
    writeFileSync(draft, text, { flag: "wx" });
    linkSync(draft, file);
  } catch (error) {
    throw failure(file, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

function failure(file: string, error: unknown): CommandFailed {
  const { code } = error as NodeJS.ErrnoException; // Node's own errors have a code.
  const reason = code === "EEXIST" ? "it is there already" : String(code ?? error);
  return new CommandFailed(`${file} can't be written: ${reason}. Nothing was changed.`, { cause: error });
}
