import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FORMATS, type FormatName, REPORT_SCHEMA, RULES } from "../../../src/gate/index.ts";
import { schemaProblems } from "../../support/json-schema.ts";
import { CORPUS, caseNames, checked, fileOf } from "./corpus.ts";

/**
 * What a check says of each pair of the corpus, in each format, held byte for byte: a comma less in an annotation and
 * GitHub shows nothing, and no other test would tell. After a change that is meant, `UPDATE_GOLDEN=1 bun test
 * test/gate/formats` writes them anew; what changed is then read in the diff, as a reviewer reads it.
 */
const UPDATES = process.env.UPDATE_GOLDEN === "1";
const FOLDER = join(import.meta.dir, "../../golden/gate");

const FILES = {
  text: "text.txt",
  json: "report.json",
  github: "github.txt",
  junit: "junit.xml",
  sarif: "report.sarif",
  gitlab: "gitlab.json",
  markdown: "comment.md",
} as const satisfies Record<FormatName, string>;

/** What is to be found in a case, by hand: the place, and what stands there. */
interface Expected {
  readonly rule: string;
  readonly severity: string;
  /** `schemas/orders.order.created/v1.avsc:6:15`. */
  readonly at: string;
  /** The marked text: of what spans lines its first line. */
  readonly text: string;
  /** Where it stood, and what stood there. */
  readonly was?: { readonly at: string; readonly text: string };
}

describe.each(caseNames())("%s", (name) => {
  const { report, context } = checked(name);

  test("is found where it is", () => {
    const found = report.findings.map(({ rule, severity, place, oldPlace }): Expected => {
      const was = oldPlace && { at: at(oldPlace), text: textAt(name, "before", oldPlace) };
      const text = textAt(name, "after", place);
      return { rule, severity, at: at(place), text, ...(was && { was }) };
    });
    const path = join(CORPUS, name, "expected.json");
    if (UPDATES && !existsSync(path)) writeFileSync(path, `${JSON.stringify(found, null, 2)}\n`);
    expect(found).toEqual(JSON.parse(readFileSync(path, "utf8")));
  });

  test.each(Object.values(FORMATS).map((format) => [format.id, format] as const))("%s", (_, format) => {
    const output = format.write(report, context);
    const path = join(FOLDER, name, FILES[format.id]);
    if (UPDATES) {
      mkdirSync(join(FOLDER, name), { recursive: true });
      writeFileSync(path, output);
    }
    expect(output).toBe(readFileSync(path, "utf8"));
  });

  test("GitHub's annotations are on the lines and columns that were expected", () => {
    const wanted: Expected[] = JSON.parse(readFileSync(join(CORPUS, name, "expected.json"), "utf8"));
    const annotations = [...FORMATS.github.write(report, context).matchAll(ANNOTATION)].map(
      ({ groups = {} }) => groups,
    );
    expect(annotations).toHaveLength(Math.min(10, wanted.length));
    for (const [index, { rule, at: place, text }] of wanted.slice(0, 10).entries()) {
      const { file = "", line = "", col = "", endLine, endColumn, title = "" } = annotations[index] ?? {};
      expect({ title, at: `${file.replace(/^shop\//, "")}:${line}:${col}` }).toEqual({ title: rule, at: place });
      // One line, and from the first character of the text to behind its last.
      if (endLine !== undefined)
        expect({ endLine, length: Number(endColumn) - Number(col) }).toEqual({ endLine: line, length: text.length });
    }
  });

  test("the report as JSON is what its schema says", () => {
    expect(schemaProblems(REPORT_SCHEMA, JSON.parse(FORMATS.json.write(report, context)))).toEqual([]);
  });
});

test("the corpus has every format on its disk, and nothing beside", () => {
  const golden = new Bun.Glob("**/*").scanSync(FOLDER);
  const wanted = caseNames().flatMap((name) => Object.values(FILES).map((file) => `${name}/${file}`));
  expect(new Set(golden)).toEqual(new Set(wanted));
});

test("the corpus has every rule of a check, but for those that take more than two folders", () => {
  const found = caseNames().flatMap((name) => checked(name).report.findings.map(({ rule }) => rule));
  const missing = RULES.filter(({ id, family }) => family !== "lint" && !found.includes(id)).map(({ id }) => id);
  // One is about a version that only a registry or a lock can have, the other about events in Kafka.
  expect(new Set(missing)).toEqual(new Set(["EARLIER_INVALID", "DATA_UNREADABLE"]));
});

const ANNOTATION =
  /^::(?:error|warning|notice) file=(?<file>[^,]*),line=(?<line>\d+),col=(?<col>\d+),(?:endLine=(?<endLine>\d+),endColumn=(?<endColumn>\d+),)?title=(?<title>\w+)::/gm;

interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const at = ({ file, line, column }: Spot): string => `${file}:${line}:${column}`;

/** Counted out in the file as it stands on the disk, by nothing that the gate counts with. */
function textAt(name: string, side: "before" | "after", { file, line, column, endLine, endColumn }: Spot): string {
  if (!existsSync(join(CORPUS, name, side, file.replace(/^schemas\//, "")))) return "";
  const text = fileOf(name, side, file).split("\n")[line - 1] ?? "";
  return text.slice(column - 1, endLine === line ? endColumn - 1 : undefined).trimEnd();
}
