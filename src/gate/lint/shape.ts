import { branchName, type Node } from "../../avro/index.ts";
import type { LintRule } from "./rule.ts";

export const typeDoc: LintRule = {
  id: "TYPE_DOC",
  check(part) {
    if (part.kind !== "type" || part.node.type === "fixed" || hasText(part.node.doc)) return [];
    return [
      {
        below: ["name"],
        message: `the ${part.node.type} ${part.node.name} has no doc`,
        help: 'Say in "doc" what it stands for: it is what readers of the API and of the generated types see.',
      },
    ];
  },
};

export const fieldDoc: LintRule = {
  id: "FIELD_DOC",
  check(part) {
    if (part.kind !== "field" || hasText(part.field.doc)) return [];
    return [
      {
        below: ["name"],
        message: `the field ${part.field.name} has no doc`,
        help: 'Say in "doc" what it holds, in which unit, and when it is missing.',
      },
    ];
  },
};

export const enumDefault: LintRule = {
  id: "ENUM_DEFAULT",
  check(part) {
    if (part.kind !== "type" || part.node.type !== "enum" || part.node.default !== undefined) return [];
    return [
      {
        below: ["symbols"],
        message: `the enum ${part.node.name} has no default: a reader that does not know a new symbol stops`,
        help: 'Add a symbol such as UNKNOWN and "default": "UNKNOWN", where a reader may go on without knowing.',
      },
    ];
  },
};

export const unionAmbiguous: LintRule = {
  id: "UNION_AMBIGUOUS",
  check(part) {
    if (part.kind !== "union" || !part.node.wrapped) return [];
    const names = part.node.branches.filter(({ type }) => type !== "null").map(branchName);
    return [
      {
        message: `the branches ${names.join(", ")} look alike in JSON: values have to be written as {"${names[0] ?? ""}": …}`,
        help: "Use one type for the field, or a record with a field for each case.",
      },
    ];
  },
};

export const nullFirst: LintRule = {
  id: "NULL_FIRST",
  check(part) {
    if (part.kind !== "field") return [];
    const { type, attributes, name } = part.field;
    if (type.type !== "union" || attributes.default !== null || isNull(type.branches[0])) return [];
    return [
      {
        below: ["type"],
        message: `${name} defaults to null, and null is not the first branch of its union`,
        help: "Put null first: readers built on Avro before 1.12 refuse the schema otherwise.",
      },
    ];
  },
};

const isNull = (node: Node | undefined): boolean => node?.type === "null";

const hasText = (doc: string | undefined): boolean => doc !== undefined && doc.trim() !== "";
