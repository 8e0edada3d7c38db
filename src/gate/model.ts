import type { CompatibilityLevel, Schema } from "../avro/index.ts";
import type { Place, Places } from "../catalog/index.ts";

/** How much a finding matters: an error fails the check, a warning is shown, information is told. */
export type Severity = "error" | "warning" | "info";

/** What a rule may be set to in `gate.yaml`. */
export type RuleLevel = Severity | "off";

/** Which of the two must read the other's data: BACKWARD is the new schema reading the old, FORWARD the old the new. */
export type Direction = "BACKWARD" | "FORWARD";

/** One change to a text, in characters (UTF-16 units) from its beginning, as it stands on the disk. */
export interface Edit {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** What mends a finding. */
export interface Fix {
  /** As a command: `add "default": null`. */
  readonly title: string;
  /** In order of their offsets, none over another. */
  readonly edits: readonly Edit[];
}

/** A record that proves a break. */
export interface Witness {
  /** As JSON that the old schema takes, where an old record breaks the new reader; of the new schema in the other direction. */
  readonly json: unknown;
  /** Avro binary of it without a frame, in hexadecimal digits. */
  readonly bytes: string;
  /** What the reader throws for it. */
  readonly error: string;
}

/** An earlier schema that a change breaks with. */
export interface Against {
  /** The base as it was asked for: `git:main`, `registry`, `lock`, `dir:../released`. */
  readonly base: string;
  /** `version 3`, or `4f1c09a`. */
  readonly label: string;
  /** The registry's number, where the base knows it. */
  readonly version?: number;
}

/** One thing found, by a rule, at a place. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** `orders.order.created.v1-value`; the name of a shared type; empty for what is about no subject. */
  readonly subject: string;
  readonly direction?: Direction;
  /** JSON pointer into the schema that has to read, its types written out: `/fields/3/type`; empty for the root. */
  readonly path: string;
  /** The same for people: `items[].price_cents`; empty for the root. */
  readonly field: string;
  /** One sentence without a full stop: what is wrong. Names its subject, field and types. */
  readonly message: string;
  /** What to do about it, one sentence or two; empty where the message says it. */
  readonly help: string;
  /** In the files as they are: the thing itself, or the nearest line that survives. */
  readonly place: Place;
  /** Where it stood, for what was changed or removed, in the base's file of that name; absent where the base has no lines. */
  readonly oldPlace?: Place;
  /** Every earlier schema that it breaks with, the newest first; empty where no other schema is concerned. */
  readonly against: readonly Against[];
  /** Consumer groups whose workers it breaks. */
  readonly groups: readonly string[];
  /** Of the first hundred breaks of a subject, where there is a record that proves it. */
  readonly witness?: Witness;
  /** Why no record proves this break, as a clause: `no value of \`Node\` ever ends, so nobody can write one`. */
  readonly noWitness?: string;
  readonly fix?: Fix;
  /** Twelve hexadecimal digits, the same as long as rule, subject, place and meaning are: lines may move. */
  readonly fingerprint: string;
}

/** A finding that somebody has decided to live with. */
export interface IgnoredFinding {
  readonly finding: Finding;
  readonly reason: string;
  /** Day until which it holds, `2027-01-31`. */
  readonly until: string;
}

/** What was looked at. */
export interface CheckedSubject {
  readonly subject: string;
  readonly file: string;
  readonly status: "new" | "changed" | "unchanged" | "removed";
  readonly level: CompatibilityLevel;
}

/** What a check answers. */
export interface Report {
  /** Errors before warnings before information; then by file and place. */
  readonly findings: readonly Finding[];
  readonly ignored: readonly IgnoredFinding[];
  readonly subjects: readonly CheckedSubject[];
  readonly bases: readonly {
    readonly name: string;
    readonly subjects: number;
    readonly versions: number;
    readonly note: string;
  }[];
}

/** One schema that a subject had. */
export interface EarlierVersion {
  /** `version 3`, or the commit that brought it: `4f1c09a`. */
  readonly label: string;
  readonly version?: number;
  readonly id?: number;
  /** The text as it is registered, without white space. Equal texts with equal references are equal schemas. */
  readonly text: string;
  /** Parses on the first call. @throws SchemaError for what is none by now. */
  schema(): Schema;
  /** Where it stands in a file, for bases that have files. */
  readonly source?: { readonly file: string; readonly places: Places };
}

/** What a base knows of one subject. */
export interface SubjectHistory {
  readonly subject: string;
  /** Oldest first. At least one. */
  readonly versions: readonly EarlierVersion[];
  readonly level?: CompatibilityLevel;
  /** Whether a `topic.yaml` says the level: without that line there, it is the default. */
  readonly levelDeclared?: boolean;
  readonly file?: string;
  /** Paths of the key's fields, where the base knows them. */
  readonly key?: readonly (readonly string[])[];
}

/** What a check compares with. */
export interface Base {
  readonly name: string;
  readonly subjects: ReadonlyMap<string, SubjectHistory>;
  /** What limits it, in a sentence: `the history ends 50 commits back`; empty for nothing. */
  readonly note: string;
}

/** A worker's reader of one topic. */
export interface DeclaredReader {
  readonly group: string;
  readonly file: string;
  readonly topic: string;
  /** Its own schema; undefined where it reads with the topic's schema of when it was deployed. */
  readonly schema: Schema | undefined;
  /** Where its file says so; the file's first line where that is not known. */
  readonly place?: Place;
}

/** A worker's file that cannot be loaded, so that nobody knows what it reads. */
export interface BrokenWorker {
  /** The file at fault: the worker's, or one that it imports. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
