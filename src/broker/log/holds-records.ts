import type { Files } from "./types.ts";

/** Whether there is a record, or what is left of one, in the logs of a folder. */
export function holdsRecords(files: Files, folder: string): boolean {
  return files.list(folder).some((log) =>
    files
      .list(`${folder}/${log}`)
      .filter((name) => name.endsWith(".log"))
      .some((name) => sizeOf(files, `${folder}/${log}/${name}`) > 0),
  );
}

function sizeOf(files: Files, path: string): number {
  const file = files.open(path);
  const { size } = file;
  file.close();
  return size;
}
