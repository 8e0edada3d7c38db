import type { Field, Node, RecordNode, Schema, UnionNode } from "../schema.ts";
import { Fields, type Source } from "./fields.ts";
import type { Finding, Incompatibility, IncompatibilityType, Rule } from "./finding.ts";
import { nearestBranch } from "./nearest-branch.ts";
import { below, both, type Place, ROOT } from "./place.ts";
import { incompatibilityOf } from "./report.ts";
import { COMPARISONS_MAX, checkFailed, isTooMuch as isWithoutAnswer, PAIR_DEPTH_MAX } from "./rules/check-failed.ts";
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

/** How many comparisons it may take to say what a branch lacks, of which there may be thousands. */
const INSIDE_COMPARISONS_MAX = 10_000;

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
      if (!isTooMuch(error)) throw error;
      return false;
    }
  };
}

/**
 * Why the branch that comes nearest to a writer's type cannot read it, for a `MISSING_UNION_BRANCH`; paths begin at the
 * branch and at that type. None where no branch comes near.
 */
export function breaksWithin(reader: Node, writer: Node): readonly Incompatibility[] {
  const nearest = reader.type === "union" ? nearestBranch(reader, writer) : undefined;
  if (nearest === undefined) return [];
  const check = new Check(INSIDE_COMPARISONS_MAX);
  check.run(nearest, writer);
  return check.found.some(isWithoutAnswer) ? [] : check.found;
}

/** Ends a check that would not end. */
class TooMuch extends Error {}

/** The stack may be shorter than the limit where a check runs inside much else. */
const isTooMuch = (error: unknown): boolean => error instanceof RangeError || error instanceof TooMuch;

class Check {
  readonly found: Incompatibility[] = [];
  /**
   * What is known of each pair. A pair that is still being compared counts as compatible where it is met inside
   * itself. What was concluded from that stays, also where it turns out wrong: so does Avro Java, and so verdicts agree.
   */
  readonly #known = new Map<Node, Map<Node, boolean>>();
  readonly #reported = new Map<Node, Set<Node>>();
  readonly #fields = new Fields();
  readonly #comparisonsMax: number;
  #comparisons = 0;
  #failures = 0;

  constructor(comparisonsMax: number = COMPARISONS_MAX) {
    this.#comparisonsMax = comparisonsMax;
  }

  run(reader: Node, writer: Node): void {
    try {
      this.compare(reader, writer, ROOT);
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      this.#fail(checkFailed.tooMuch(), reader, writer, ROOT);
    }
  }

  compare(reader: Node, writer: Node, place: Place): boolean {
    if (place.depth > PAIR_DEPTH_MAX) throw new TooMuch();
    this.#count(1);
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

  /** Names and symbols count as well: there may be thousands in a type, and thousands of types to compare it with. */
  #count(comparisons: number): void {
    this.#comparisons += comparisons;
    if (this.#comparisons > this.#comparisonsMax) throw new TooMuch();
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
      this.#count(reader.symbols.length + writer.symbols.length);
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
      if (!readable && reader.type === "union") this.#lacksBranch(reader, branch, at, writer);
      compatible &&= readable;
    }
    return compatible;
  }

  #readerUnion(reader: UnionNode, writer: Node, place: Place): boolean {
    const silent = { ...place, silent: true };
    const reads = (branch: Node, index: number) =>
      this.compare(branch, writer, below(silent, { reader: [String(index)] }));
    return reader.branches.some(reads) || this.#lacksBranch(reader, writer, place, writer);
  }

  #lacksBranch(reader: UnionNode, branch: Node, at: Place, shown: Node): boolean {
    return this.#say(missingUnionBranch.id, missingUnionBranch.of(reader, branch, breaksWithin), reader, shown, at);
  }

  #records(reader: RecordNode, writer: RecordNode, place: Place): boolean {
    let compatible = true;
    for (const [index, field] of reader.fields.entries()) {
      this.#count(1 + field.aliases.length);
      const at = below(place, { path: ["fields", String(index)], reader: ["fields", String(index)] });
      const sources = this.#fields.sources(field, writer);
      const [source] = sources;
      if (sources.length > 1) {
        const hits = sources.map(({ field: { name } }) => name);
        compatible = this.#fail(checkFailed.ambiguous(field, index, writer, hits), reader, writer, at);
      } else if (source === undefined) {
        compatible = this.#missing(field, reader, writer, at) && compatible;
      } else {
        compatible = this.#field(field, source, at) && compatible;
      }
    }
    return compatible;
  }

  #field(field: Field, source: Source, at: Place): boolean {
    const from = ["fields", String(source.index), "type"];
    const types = below(at, { path: ["type"], reader: ["type"], writer: from });
    return this.compare(field.type, source.field.type, types);
  }

  #missing(field: Field, reader: RecordNode, writer: RecordNode, at: Place): boolean {
    if (field.type.type === "enum" && field.type.default !== undefined && !("default" in field.attributes)) {
      // Avro Java compares the enum with the whole record here, which never fits.
      const finding = readerFieldMissingDefaultValue.checkEnumField(field, field.type, writer);
      const types = below(at, { path: ["type"], reader: ["type"] });
      return this.#say(typeMismatch.id, finding, field.type, writer, types);
    }
    const finding = readerFieldMissingDefaultValue.checkField(field, writer);
    return this.#say(readerFieldMissingDefaultValue.id, finding, reader, writer, at);
  }

  #holds<R extends Node, W extends Node>(rule: Rule<R, W>, reader: R, writer: W, at: Place): boolean {
    if ("aliases" in reader) this.#count(reader.aliases.length);
    return this.#say(rule.id, rule.check(reader, writer), reader, writer, at);
  }

  #say(type: IncompatibilityType, finding: Finding | undefined, reader: Node, writer: Node, at: Place): boolean {
    if (finding === undefined) return true;
    if (!at.silent) this.found.push(incompatibilityOf(type, finding, { reader, writer }, at));
    return false;
  }

  /** Avro Java throws here, even where only one branch of a union was tried: nothing excuses it. */
  #fail(finding: Finding, reader: Node, writer: Node, at: Place): boolean {
    if (this.#failures++ === 0) this.#say(checkFailed.id, finding, reader, writer, { ...at, silent: false });
    return false;
  }

  #of<T>(map: Map<Node, T>, node: Node, create: () => T): T {
    const there = map.get(node);
    if (there !== undefined) return there;
    const created = create();
    map.set(node, created);
    return created;
  }
}
