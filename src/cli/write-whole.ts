import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Who may read, write and run a file: it stays. */
const MODE_BITS = 0o7777;

/** Writes a file whole or not at all: whoever reads it meanwhile has the old one or the new one. */
export function writeWhole(path: string, text: string): void {
  if (isDevice(path)) {
    writeFileSync(path, text);
    return;
  }
  const file = targetOf(path);
  // Hidden, so that nobody who watches the folder takes it for a file of theirs; and nobody else's.
  const draft = file.replace(/[^/\\]*$/, (name) => `.${name}.${crypto.randomUUID()}`);
  try {
    writeFileSync(draft, text);
    const there = statSync(file, { throwIfNoEntry: false });
    if (there !== undefined) chmodSync(draft, there.mode & MODE_BITS);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** `/dev/stdout`, or a pipe: it is written into. Putting a file in its place would take it from every other program. */
function isDevice(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return path.startsWith("/dev/") || found?.isFile() === false;
}

/** A link stays one: what it leads to is written. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // It is not there yet.
  }
}
