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

/** The keys from the root of the reader's schema, the last one first: paths share what they have in common. */
interface Path {
  readonly key: string;
  readonly above: Path | undefined;
}

interface Place {
  readonly path: Path | undefined;
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
      this.compare(reader, writer, { path: undefined, silent: false, depth: 0 });
    } catch (error) {
      // The stack may be shorter than the limit where a check runs inside much else.
      if (!(error instanceof RangeError) && !(error instanceof TooMuch)) throw error;
      this.#fail(checkFailed.tooMuch(), reader, writer, undefined);
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
      return this.compare(reader.items, writer.items, below(place, "items"));
    if (reader.type === "map" && writer.type === "map")
      return this.compare(reader.values, writer.values, below(place, "values"));
    return this.#holds(typeMismatch, reader, writer, place);
  }

  /** Every branch that may have been written must be readable. */
  #writerUnion(reader: Node, writer: UnionNode, place: Place): boolean {
    let compatible = true;
    for (const [index, branch] of writer.branches.entries()) {
      const at = below(place, String(index));
      // What a union lacks is one finding, whatever its branches may have lacked.
      const readable = this.compare(reader, branch, reader.type === "union" ? { ...at, silent: true } : at);
      if (!readable && reader.type === "union") this.#holds(missingUnionBranch, reader, branch, at, writer);
      compatible &&= readable;
    }
    return compatible;
  }

  #readerUnion(reader: UnionNode, writer: Node, place: Place): boolean {
    const silent = { ...place, silent: true, depth: place.depth + 1 };
    if (reader.branches.some((branch) => this.compare(branch, writer, silent))) return true;
    return this.#holds(missingUnionBranch, reader, writer, place);
  }

  #records(reader: RecordNode, writer: RecordNode, place: Place): boolean {
    let compatible = true;
    for (const [index, field] of reader.fields.entries()) {
      const at = below(place, "fields", String(index));
      const sources = this.#fields.sources(field, writer);
      const [source] = sources;
      if (sources.length > 1) {
        const hits = sources.map(({ name }) => name);
        compatible = this.#fail(checkFailed.ambiguous(field, index, writer, hits), reader, writer, at.path);
      } else if (source !== undefined) {
        compatible = this.compare(field.type, source.type, below(at, "type")) && compatible;
      } else if (field.type.type === "enum" && field.type.default !== undefined && !("default" in field.attributes)) {
        // Avro Java compares the enum with the whole record here, which never fits.
        const finding = readerFieldMissingDefaultValue.checkEnumField(field, field.type, writer);
        compatible = this.#say(typeMismatch.id, finding, field.type, writer, below(at, "type"));
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
    if (!at.silent) this.#report(type, finding, reader, writer, at.path);
    return false;
  }

  /** Avro Java throws here, even where only one branch of a union was tried: nothing excuses it. */
  #fail(finding: Finding, reader: Node, writer: Node, path: Path | undefined): boolean {
    const before = this.found.some(({ type }) => type === checkFailed.id);
    if (!before) this.#report(checkFailed.id, finding, reader, writer, path);
    return false;
  }

  #report(
    type: IncompatibilityType,
    { below = [], message, explanation }: Finding,
    readerNode: Node,
    writerNode: Node,
    path: Path | undefined,
  ): void {
    const location = `/${[...keysOf(path), ...below].join("/")}`;
    this.found.push({ type, location, message, explanation, readerNode, writerNode });
  }

  #of<T>(map: Map<Node, T>, node: Node, create: () => T): T {
    const there = map.get(node);
    if (there !== undefined) return there;
    const created = create();
    map.set(node, created);
    return created;
  }
}

function below(place: Place, ...keys: readonly string[]): Place {
  let { path } = place;
  for (const key of keys) path = { key, above: path };
  return { path, silent: place.silent, depth: place.depth + 1 };
}

function keysOf(path: Path | undefined): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return keys.toReversed();
}
