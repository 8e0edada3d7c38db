/** The keys of one step, on each way. */
interface Keys {
  /** As Avro Java has it: into the reader's schema, but with the index of the writer's branch where that is a union. */
  readonly path?: readonly string[];
  /** Into each schema itself. */
  readonly reader?: readonly string[];
  readonly writer?: readonly string[];
}

/** Where a check is, in both schemas: a step behind the place above it. Most places are never asked for their keys. */
export interface Place {
  readonly above: Place | undefined;
  readonly keys: Keys;
  /** A branch of a union is being tried: its findings say nothing as long as another may do. */
  readonly silent: boolean;
  readonly depth: number;
}

export const ROOT: Place = { above: undefined, keys: {}, silent: false, depth: 0 };

/** The place of what stands below, under the keys of each way to it. */
export const below = (place: Place, keys: Keys): Place => ({
  above: place,
  keys,
  silent: place.silent,
  depth: place.depth + 1,
});

export function both(place: Place, key: string): Place {
  const keys = [key];
  return below(place, { path: keys, reader: keys, writer: keys });
}

/** All keys of one way, from the root. */
export function keysOf(place: Place, way: keyof Keys): readonly string[] {
  const steps: (readonly string[])[] = [];
  for (let at: Place | undefined = place; at !== undefined; at = at.above) {
    const keys = at.keys[way];
    if (keys !== undefined) steps.push(keys);
  }
  return steps.reverse().flat();
}
