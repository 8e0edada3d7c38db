import manifest from "../../../package.json" with { type: "json" };
import type { Place } from "../../catalog/index.ts";
import type { Finding, Fix, IgnoredFinding, Severity } from "../model.ts";
import { RULES, type RuleText } from "../rules/index.ts";
import type { Format, FormatContext } from "./format.ts";
import { fromRoot } from "./paths.ts";
import { printable } from "./printable.ts";
import { sentencesOf, worstFirst } from "./wording.ts";

/** For code scanning: SARIF 2.1.0 with the rules' help, and the fixes as replacements. */
export const sarif: Format = {
  id: "sarif",
  purpose: "SARIF 2.1.0 for code scanning and editors, with fixes; what is ignored is in it as suppressed",
  write(report, context) {
    const found = [...worstFirst(report.findings), ...report.ignored.map(({ finding }) => finding)];
    const ids = [...new Set(found.map(({ rule }) => rule))].toSorted((a, b) => (a < b ? -1 : 1));
    const rules = ids.map((id) =>
      ruleOf(
        id,
        RULES.find((rule) => rule.id === id),
      ),
    );
    const results = [
      ...worstFirst(report.findings).map((finding) => resultOf(finding, ids, context)),
      ...report.ignored.map((one) => ({ ...resultOf(one.finding, ids, context), suppressions: [suppressionOf(one)] })),
    ];
    const log = {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "Sluice", version: manifest.version, semanticVersion: manifest.version, rules } },
          // JavaScript counts characters as SARIF's default does, and says so all the same: others take code points.
          columnKind: "utf16CodeUnits",
          results,
        },
      ],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  },
};

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

function ruleOf(id: string, rule: RuleText | undefined) {
  if (rule === undefined) return { id };
  const todo = rule.todo.join(" ");
  return {
    id,
    shortDescription: { text: rule.purpose },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why} ${todo}`, markdown: `${rule.why}\n\n${rule.todo.map((one) => `- ${one}`).join("\n")}` },
    defaultConfiguration: rule.level === "off" ? { enabled: false } : { level: LEVELS[rule.level] },
    properties: { tags: [rule.family] },
  };
}

function resultOf(finding: Finding, ids: readonly string[], context: FormatContext) {
  const { rule, severity, subject, message, place, field, against, groups, fix, fingerprint, oldPlace } = finding;
  const text = [`${message}.`, ...sentencesOf(finding, context)].join("\n");
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: LEVELS[severity],
    message: { text: printable(text) },
    locations: place.file === "" ? [] : [locationOf(place, { subject, field }, context)],
    partialFingerprints: { "sluice/v1": fingerprint },
    ...(fix !== undefined && { fixes: [fixOf(fix, context)] }),
    // The old place is no related location: those are looked up in the files of now, and its line was in those of then.
    properties: { against, groups, ...(oldPlace !== undefined && { oldPlace }) },
  };
}

function locationOf(place: Place, { subject, field }: { subject: string; field: string }, context: FormatContext) {
  const { line: startLine, column: startColumn, endLine, endColumn } = place;
  const fullyQualifiedName = [subject, field].filter((part) => part !== "").join(": ");
  return {
    physicalLocation: {
      artifactLocation: artifactOf(place.file, context),
      ...(startLine > 0 && { region: { startLine, startColumn, endLine, endColumn } }),
    },
    ...(fullyQualifiedName !== "" && { logicalLocations: [{ fullyQualifiedName }] }),
  };
}

function fixOf({ title, edits }: Fix, context: FormatContext) {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifactOf(file, context),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ offset, length, text }) => ({
          deletedRegion: { charOffset: offset, charLength: length },
          insertedContent: { text },
        })),
    })),
  };
}

/** A reference relative to the repository's root, as GitHub reads it, is a URI: spaces and the like are escaped. */
const artifactOf = (file: string, context: FormatContext) => ({
  uri: fromRoot(file, context).split("/").map(encodeURIComponent).join("/"),
  uriBaseId: "%SRCROOT%",
});

const suppressionOf = ({ reason, until }: IgnoredFinding) => ({
  kind: "external",
  status: "accepted",
  justification: `${reason} (until ${until})`,
});
