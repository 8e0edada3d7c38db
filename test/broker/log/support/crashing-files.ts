import type { Files, MemoryFiles, OpenFile } from "../../../../src/broker/log/index.ts";

/** Lets so many changes happen to the files, and none after that, as a process does that is killed between two of them. */
export function crashingFiles(files: MemoryFiles, changes: number): Files & { readonly crashed: boolean } {
  let left = changes;
  let crashed = false;
  const change = <T>(make: () => T): T => {
    crashed ||= left === 0;
    if (crashed) throw new Error("the process has ended");
    left--;
    return make();
  };
  const guarded = (file: OpenFile): OpenFile => ({
    get size() {
      return file.size;
    },
    read: (position, length) => file.read(position, length),
    view: (position, length) => file.view(position, length),
    append: (pieces) => change(() => file.append(pieces)),
    truncate: (size) => change(() => file.truncate(size)),
    sync: () => file.sync(),
    close: () => file.close(),
  });
  return {
    durable: false,
    place: files.place,
    get crashed() {
      return crashed;
    },
    get bytes() {
      return files.bytes;
    },
    open: (path) => guarded(files.open(path)),
    list: (folder) => files.list(folder),
    exists: (path) => files.exists(path),
    rename: (from, to) => change(() => files.rename(from, to)),
    remove: (path) => change(() => files.remove(path)),
    close: () => files.close(),
  };
}
