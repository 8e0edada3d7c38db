/** The keys from the root of a schema, the last one first: paths share what they have in common. */
interface Path {
  readonly key: string;
  readonly above: Path | undefined;
}

/** Where a check is, in both schemas. */
export interface Place {
  /** As Avro Java has it: into the reader's schema, but with the index of the writer's branch where that is a union. */
  readonly path: Path | undefined;
  /** Into each schema itself. */
  readonly reader: Path | undefined;
  readonly writer: Path | undefined;
  /** A branch of a union is being tried: its findings say nothing as long as another may do. */
  readonly silent: boolean;
  readonly depth: number;
}

export const ROOT: Place = { path: undefined, reader: undefined, writer: undefined, silent: false, depth: 0 };

/** The place of what stands below, under the keys of each way to it. */
export function below(
  place: Place,
  keys: { path?: readonly string[]; reader?: readonly string[]; writer?: readonly string[] },
): Place {
  return {
    path: longer(place.path, keys.path),
    reader: longer(place.reader, keys.reader),
    writer: longer(place.writer, keys.writer),
    silent: place.silent,
    depth: place.depth + 1,
  };
}

export const both = (place: Place, key: string): Place => below(place, { path: [key], reader: [key], writer: [key] });

export function keysOf(path: Path | undefined): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}

function longer(path: Path | undefined, keys: readonly string[] = []): Path | undefined {
  let at = path;
  for (const key of keys) at = { key, above: at };
  return at;
}
