/** What stands at a path, and what the path's `:name` parts are. */
export interface Found<Value> {
  /** By method. */
  readonly values: ReadonlyMap<string, Value>;
  /** Decoded; null for what is not encoded well. */
  readonly params: Readonly<Record<string, string | null>>;
}

interface Place<Value> {
  readonly values: Map<string, Value>;
  /** What comes after a part of this text. */
  readonly below: Map<string, Place<Value>>;
  /** What comes after any other part. */
  any?: { readonly name: string; readonly place: Place<Value> };
}

/**
 * Finds what stands at a path, by its parts: a text goes before a `:name`. A slash at the end makes no difference.
 * A registry has some dozens of paths and answers few requests: it starts sooner without a framework.
 */
export class Router<Value> {
  readonly #root: Place<Value> = emptyPlace();

  add(method: string, path: string, value: Value): void {
    let place = this.#root;
    for (const part of partsOf(path))
      place = part.startsWith(":") ? anyBelow(place, part.slice(1)) : below(place, part);
    place.values.set(method, value);
  }

  /** Undefined where there is nothing, whatever the method. */
  find(path: string): Found<Value> | undefined {
    const parts = partsOf(path);
    const given: Record<string, string> = {};
    const found = walk(this.#root, 0);
    if (found === undefined) return undefined;
    const params = Object.fromEntries(Object.entries(given).map(([name, part]) => [name, decoded(part)]));
    return { values: found.values, params };

    function walk(place: Place<Value>, depth: number): Place<Value> | undefined {
      const part = parts[depth];
      if (part === undefined) return place.values.size > 0 ? place : undefined;
      const next = place.below.get(part);
      const found = next && walk(next, depth + 1);
      if (found !== undefined || place.any === undefined || part === "") return found;
      const { name, place: after } = place.any;
      const last = walk(after, depth + 1);
      if (last !== undefined) given[name] = part;
      return last;
    }
  }
}

const emptyPlace = <Value>(): Place<Value> => ({ values: new Map(), below: new Map() });

function below<Value>(place: Place<Value>, part: string): Place<Value> {
  return place.below.getOrInsertComputed(part, () => emptyPlace<Value>());
}

function anyBelow<Value>(place: Place<Value>, name: string): Place<Value> {
  place.any ??= { name, place: emptyPlace() };
  if (place.any.name !== name) throw new TypeError(`one part of a path is :${place.any.name} and :${name}`);
  return place.any.place;
}

function partsOf(path: string): string[] {
  return path.replace(/\/$/, "").split("/").slice(1);
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // Its only failure.
    return null;
  }
}
