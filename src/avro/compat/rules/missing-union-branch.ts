import { branchName } from "../../schema.ts";
import { kindOf, type Rule } from "../finding.ts";
import { listed } from "../listed.ts";
import { shown } from "./type-mismatch.ts";

/** Asked only once no branch of the reader's union reads the writer's type. */
export const missingUnionBranch: Rule = {
  id: "MISSING_UNION_BRANCH",
  purpose: "The reader's union has a branch for each type that the writer may have written.",
  source: "Avro specification, Schema Resolution: if reader's is a union, the first schema in it that matches",
  check(reader, writer) {
    const branches = reader.type === "union" ? listed(reader.branches.map(branchName)) : "";
    return {
      message: `reader union lacking writer type: ${kindOf(writer)}`,
      explanation: `no branch of the union (${branches}) reads ${shown(writer)}: add it as a branch, or mend the branch that was meant for it`,
    };
  },
};
