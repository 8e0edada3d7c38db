import type { Node, RecordNode, Schema, UnionNode } from "../schema.ts";
import { Fields } from "./fields.ts";
import type { Finding, Incompatibility, IncompatibilityType, Rule } from "./finding.ts";
import { COMPARISONS_MAX, checkFailed, PAIR_DEPTH_MAX } from "./rules/check-failed.ts";
import { fixedSizeMismatch } from "./rules/fixed-size-mismatch.ts";
import { missingEnumSymbols } from "./rules/missing-enum-symbols.ts";
import { missingUnionBranch } from "./rules/missing-union-branch.ts";
import { nameMismatch } from "./rules/name-mismatch.ts";
import { readerFieldMissingDefaultValue } from "./rules/reader-field-missing-default-value.ts";
import { typeMismatch } from "./rules/type-mismatch.ts";

/** Every rule there is. */
export const RULES: readonly Omit<Rule, "check">[] = [
  nameMismatch,
  fixedSizeMismatch,
  missingEnumSymbols,
  readerFieldMissingDefaultValue,
  typeMismatch,
  missingUnionBranch,
  checkFailed,
];

/**
 * Whether data that the writer's schema wrote can be read with the reader's: every reason why not, none where it can.
 * The verdict is that of Apache Avro 1.12.2 (`SchemaCompatibility`). Pure, and throws for no schema.
 *
 * A pair of types that is met at several places is reported where it is met first.
 */
export function checkCompatibility(reader: Schema, writer: Schema): readonly Incompatibility[] {
  const check = new Check();
  check.run(reader.root, writer.root);
  return check.found;
}

/**
 * Answers of pairs of types whether the one can read the other, as `checkCompatibility` would of schemas made of them.
 * What is found of a pair is kept: asking of every pair in two schemas costs no more than one check of both.
 */
export function createReads(): (reader: Node, writer: Node) => boolean {
  const check = new Check();
  return (reader, writer) => {
    try {
      return check.compare(reader, writer, { ...ROOT, silent: true });
    } catch (error) {
      if (!(error instanceof RangeError) && !(error instanceof TooMuch)) throw error;
      return false;
    }
  };
}

/** The keys from the root of the reader's schema, the last one first: paths share what they have in common. */
interface Path {
  readonly key: string;
  readonly above: Path | undefined;
}

interface Place {
  /** As Avro Java has it: into the reader's schema, but with the index of the writer's branch where that is a union. */
  readonly path: Path | undefined;
  /** Into each schema itself. */
  readonly reader: Path | undefined;
  readonly writer: Path | undefined;
  /** A branch of a union is being tried: its findings say nothing as long as another may do. */
  readonly silent: boolean;
  readonly depth: number;
}

/** Ends a check that would not end. */
class TooMuch extends Error {}

class Check {
  readonly found: Incompatibility[] = [];
  /**
   * What is known of each pair. A pair that is still being compared counts as compatible where it is met inside
   * itself. What was concluded from that stays, also where it turns out wrong: so does Avro Java, and so verdicts agree.
   */
  readonly #known = new Map<Node, Map<Node, boolean>>();
  readonly #reported = new Map<Node, Set<Node>>();
  readonly #fields = new Fields();
  #comparisons = 0;

  run(reader: Node, writer: Node): void {
    try {
      this.compare(reader, writer, ROOT);
    } catch (error) {
      // The stack may be shorter than the limit where a check runs inside much else.
      if (!(error instanceof RangeError) && !(error instanceof TooMuch)) throw error;
      this.#fail(checkFailed.tooMuch(), reader, writer, ROOT);
    }
  }

  compare(reader: Node, writer: Node, place: Place): boolean {
    this.#comparisons++;
    if (place.depth > PAIR_DEPTH_MAX || this.#comparisons > COMPARISONS_MAX) throw new TooMuch();
    const known = this.#of(this.#known, reader, () => new Map<Node, boolean>());
    const verdict = known.get(writer);
    if (verdict === true) return true;
    if (!this.#opens(reader, writer, place) && verdict !== undefined) return verdict;
    if (verdict === undefined) known.set(writer, true);
    const result = this.#types(reader, writer, place);
    // Compared again only to report what was found under a union before.
    if (verdict === undefined) known.set(writer, result);
    return verdict ?? result;
  }

  /** Whether what is found about a pair is to be reported, for the first time. */
  #opens(reader: Node, writer: Node, { silent }: Place): boolean {
    if (silent) return false;
    const writers = this.#of(this.#reported, reader, () => new Set<Node>());
    if (writers.has(writer)) return false;
    writers.add(writer);
    return true;
  }

  #types(reader: Node, writer: Node, place: Place): boolean {
    if (writer.type === "union") return this.#writerUnion(reader, writer, place);
    if (reader.type === "union") return this.#readerUnion(reader, writer, place);
    if (reader.type === "record" && writer.type === "record") {
      const named = this.#holds(nameMismatch, reader, writer, place);
      return this.#records(reader, writer, place) && named;
    }
    if (reader.type === "enum" && writer.type === "enum") {
      const named = this.#holds(nameMismatch, reader, writer, place);
      return this.#holds(missingEnumSymbols, reader, writer, place) && named;
    }
    if (reader.type === "fixed" && writer.type === "fixed") {
      const named = this.#holds(nameMismatch, reader, writer, place);
      return this.#holds(fixedSizeMismatch, reader, writer, place) && named;
    }
    if (reader.type === "array" && writer.type === "array")
      return this.compare(reader.items, writer.items, both(place, "items"));
    if (reader.type === "map" && writer.type === "map")
      return this.compare(reader.values, writer.values, both(place, "values"));
    return this.#holds(typeMismatch, reader, writer, place);
  }

  /** Every branch that may have been written must be readable. */
  #writerUnion(reader: Node, writer: UnionNode, place: Place): boolean {
    let compatible = true;
    for (const [index, branch] of writer.branches.entries()) {
      const at = below(place, { path: [String(index)], writer: [String(index)] });
      // What a union lacks is one finding, whatever its branches may have lacked.
      const readable = this.compare(reader, branch, reader.type === "union" ? { ...at, silent: true } : at);
      if (!readable && reader.type === "union") this.#holds(missingUnionBranch, reader, branch, at, writer);
      compatible &&= readable;
    }
    return compatible;
  }

  #readerUnion(reader: UnionNode, writer: Node, place: Place): boolean {
    const silent = { ...place, silent: true };
    const reads = (branch: Node, index: number) =>
      this.compare(branch, writer, below(silent, { reader: [String(index)] }));
    if (reader.branches.some(reads)) return true;
    return this.#holds(missingUnionBranch, reader, writer, place);
  }

  #records(reader: RecordNode, writer: RecordNode, place: Place): boolean {
    let compatible = true;
    for (const [index, field] of reader.fields.entries()) {
      const at = below(place, { path: ["fields", String(index)], reader: ["fields", String(index)] });
      const sources = this.#fields.sources(field, writer);
      const [source] = sources;
      if (sources.length > 1) {
        const hits = sources.map(({ name }) => name);
        compatible = this.#fail(checkFailed.ambiguous(field, index, writer, hits), reader, writer, at);
      } else if (source !== undefined) {
        const from = ["fields", String(writer.fields.indexOf(source)), "type"];
        const types = below(at, { path: ["type"], reader: ["type"], writer: from });
        compatible = this.compare(field.type, source.type, types) && compatible;
      } else if (field.type.type === "enum" && field.type.default !== undefined && !("default" in field.attributes)) {
        // Avro Java compares the enum with the whole record here, which never fits.
        const finding = readerFieldMissingDefaultValue.checkEnumField(field, field.type, writer);
        compatible = this.#say(
          typeMismatch.id,
          finding,
          field.type,
          writer,
          below(at, { path: ["type"], reader: ["type"] }),
        );
      } else {
        const finding = readerFieldMissingDefaultValue.checkField(field, writer);
        compatible = this.#say(readerFieldMissingDefaultValue.id, finding, reader, writer, at) && compatible;
      }
    }
    return compatible;
  }

  #holds<R extends Node, W extends Node>(rule: Rule<R, W>, reader: R, writer: W, at: Place, shown: Node = writer) {
    return this.#say(rule.id, rule.check(reader, writer), reader, shown, at);
  }

  #say(type: IncompatibilityType, finding: Finding | undefined, reader: Node, writer: Node, at: Place): boolean {
    if (finding === undefined) return true;
    if (!at.silent) this.#report(type, finding, reader, writer, at);
    return false;
  }

  /** Avro Java throws here, even where only one branch of a union was tried: nothing excuses it. */
  #fail(finding: Finding, reader: Node, writer: Node, at: Place): boolean {
    const before = this.found.some(({ type }) => type === checkFailed.id);
    if (!before) this.#report(checkFailed.id, finding, reader, writer, at);
    return false;
  }

  #report(
    type: IncompatibilityType,
    { below = [], message, explanation }: Finding,
    readerNode: Node,
    writerNode: Node,
    { path, reader, writer }: Place,
  ): void {
    const location = `/${[...keysOf(path), ...below].join("/")}`;
    const readerPath = [...keysOf(reader), ...below];
    this.found.push({
      type,
      location,
      message,
      explanation,
      readerNode,
      writerNode,
      readerPath,
      writerPath: keysOf(writer),
    });
  }

  #of<T>(map: Map<Node, T>, node: Node, create: () => T): T {
    const there = map.get(node);
    if (there !== undefined) return there;
    const created = create();
    map.set(node, created);
    return created;
  }
}

const ROOT: Place = { path: undefined, reader: undefined, writer: undefined, silent: false, depth: 0 };

/** The place of what stands below, under the keys of each way to it. */
function below(
  place: Place,
  keys: { path?: readonly string[]; reader?: readonly string[]; writer?: readonly string[] },
) {
  return {
    path: longer(place.path, keys.path),
    reader: longer(place.reader, keys.reader),
    writer: longer(place.writer, keys.writer),
    silent: place.silent,
    depth: place.depth + 1,
  };
}

const both = (place: Place, key: string): Place => below(place, { path: [key], reader: [key], writer: [key] });

function longer(path: Path | undefined, keys: readonly string[] = []): Path | undefined {
  let at = path;
  for (const key of keys) at = { key, above: at };
  return at;
}

function keysOf(path: Path | undefined): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return keys.toReversed();
}
