import type { Report } from "../model.ts";
import type { Format } from "./format.ts";
import schema from "./report.schema.json" with { type: "json" };
import { countOf, worstFirst } from "./wording.ts";

/** For programs: everything that the report has, as one document. */
export const json: Format = {
  id: "json",
  purpose: "one document with all of it, for programs; `sluice check --json-schema` prints its JSON Schema",
  write: (report) => `${JSON.stringify(reportJson(report), null, 2)}\n`,
};

/** What `reportJson` answers, as a JSON Schema (draft 2020-12). */
export const REPORT_SCHEMA: Readonly<Record<string, unknown>> = schema;

/** The report as others may keep it: members are only ever added under this version. */
export const reportJson = ({ findings, ignored, subjects, bases }: Report) => ({
  version: 1,
  counts: {
    errors: countOf(findings, "error"),
    warnings: countOf(findings, "warning"),
    infos: countOf(findings, "info"),
    ignored: ignored.length,
    subjects: subjects.length,
  },
  bases,
  subjects,
  findings: worstFirst(findings),
  ignored,
});
