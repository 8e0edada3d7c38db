import { Cursor } from "./cursor.ts";
import { DecodeError } from "./errors.ts";
import { namesMatch } from "./names.ts";
import type { Read, Resolution } from "./read.ts";
import type { Field, Node, RecordNode } from "./schema.ts";

type Resolve = (writer: Node, reader: Node, at: string, resolution: Resolution) => Read | undefined;

/** What a record's reader does with one field of the writer's: nothing but skip it, or read it for these. */
interface Step {
  readonly skip: Read;
  readonly reads: readonly { readonly index: number; readonly read: Read }[];
}

/** The writer's fields by name, and where they stand. */
type Sent = ReadonlyMap<string, { readonly field: Field; readonly index: number }>;

/** Matches the fields by name or reader alias; the reader's others take their defaults, the writer's are skipped. */
export function resolveRecord(
  writer: RecordNode,
  reader: RecordNode,
  at: string,
  resolution: Resolution,
  resolve: Resolve,
): Read | undefined {
  const pairs = resolution.pairs.get(writer) ?? new Map<Node, Read | undefined>();
  resolution.pairs.set(writer, pairs);
  if (pairs.has(reader)) return pairs.get(reader);
  let compiled: Read | undefined;
  // Met again inside itself, the pair is read by what will be there when bytes come.
  pairs.set(reader, (cursor) => compiled?.(cursor));
  compiled = compile();
  pairs.set(reader, compiled);
  return compiled;

  function compile(): Read | undefined {
    const before = resolution.reasons.length;
    let readable = true;
    if (!namesMatch(writer, reader)) say(at, `record ${writer.name} is not ${reader.name}, by name or alias`);
    const sent = new Map(writer.fields.map((field, index) => [field.name, { field, index }]));
    const sources = reader.fields.map((field) => sourceOf(field, sent));
    const targets = Map.groupBy(reader.fields.keys(), (index) => sources[index]);
    const steps = writer.fields.map((field) => ({
      skip: resolution.skip(field.type),
      reads: (targets.get(field) ?? []).flatMap((index) => {
        const target = reader.fields[index];
        if (target === undefined) return [];
        const read = resolve(field.type, target.type, `${at}/${target.name}`, resolution);
        // The reason may have been given where these two first met.
        readable &&= read !== undefined;
        return read === undefined ? [] : [{ index, read }];
      }),
    }));
    const defaults = reader.fields.map((field, index) =>
      sources[index] === undefined ? makeDefault(field) : undefined,
    );
    return !readable || resolution.reasons.length > before ? undefined : generate(writer, reader, steps, defaults);
  }

  function sourceOf(field: Field, sent: Sent): Field | undefined {
    // A record reads its own data, also where an alias names another of its fields.
    if (writer === reader) return field;
    const matches = [...new Set([field.name, ...field.aliases])]
      .flatMap((name) => sent.get(name) ?? [])
      .toSorted((one, other) => one.index - other.index)
      .map((match) => match.field);
    if (matches.length > 1) {
      say(
        `${at}/${field.name}`,
        `the writer has more than one field for it: ${matches.map(({ name }) => name).join(", ")}`,
      );
    } else if (matches.length === 0 && field.default === undefined) {
      say(`${at}/${field.name}`, "the writer does not send it, and the reader has no default for it");
    }
    return matches[0];
  }

  /** A fresh value each time, where it is one that could be changed. */
  function makeDefault({ type, name, default: bytes }: Field): (() => unknown) | undefined {
    const read = bytes === undefined ? undefined : resolve(type, type, `${at}/${name}`, resolution);
    if (bytes === undefined || read === undefined) return undefined;
    try {
      const value = read(new Cursor(bytes));
      return typeof value === "object" && value !== null ? () => read(new Cursor(bytes)) : () => value;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      say(`${at}/${name}`, `its default is beyond what JavaScript holds: ${error.message}`);
      return undefined;
    }
  }

  function say(place: string, reason: string): void {
    resolution.reasons.push(place === "" ? reason : `${place}: ${reason}`);
  }
}

/**
 * The reader is generated: an object literal with every field is made in one step, several times as fast as one field
 * at a time. Nothing of the schema gets into the code but names, and those as string literals.
 */
function generate(
  writer: RecordNode,
  reader: RecordNode,
  steps: readonly Step[],
  defaults: readonly ((() => unknown) | undefined)[],
): Read {
  const lines = steps.flatMap(({ reads }, step) => {
    if (reads.length === 0) return [`steps[${step}].skip(cursor);`];
    return reads.map(({ index }, nth) => {
      // Two fields of the reader's may be made of one of the writer's: it is then read again.
      const rewind = reads.length === 1 ? "" : nth === 0 ? `const p${step} = cursor.pos; ` : `cursor.pos = p${step}; `;
      return `${rewind}const v${index} = r${step}_${nth}(cursor);`;
    });
  });
  const reads = steps.flatMap((step, at) =>
    step.reads.map((_, nth) => `r${at}_${nth} = steps[${at}].reads[${nth}].read`),
  );
  const fields = reader.fields.map(({ name }, index) => {
    return `${JSON.stringify(name)}: ${defaults[index] === undefined ? `v${index}` : `defaults[${index}]()`}`;
  });
  const code = `
    ${reads.length > 0 ? `const ${reads.join(", ")};` : ""}
    return (cursor) => {
      ${writer.recursive ? "if (!cursor.enter()) throw tooDeep();" : ""}
      ${lines.join("\n")}
      ${writer.recursive ? "cursor.leave();" : ""}
      return { ${fields.join(", ")} };
    };`;
  return new Function("steps", "defaults", "tooDeep", code)(steps, defaults, tooDeep);
}

function tooDeep(): DecodeError {
  return new DecodeError("TOO_DEEP", "the value is nested deeper than any writer of ours nests it");
}
