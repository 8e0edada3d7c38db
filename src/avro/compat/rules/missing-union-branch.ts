import { branchName, type Node, type UnionNode } from "../../schema.ts";
import { type Finding, type Incompatibility, kindOf, type Rule } from "../finding.ts";
import { listed } from "../listed.ts";
import { nearestBranch } from "../nearest-branch.ts";
import { fieldPath, shown } from "../shown.ts";

/** What the nearest branch lacks, which is looked for only where somebody wants to know. */
type BreaksWithin = (reader: Node, writer: Node) => readonly Incompatibility[];

/** Asked only once no branch of the reader's union reads the writer's type. */
export const missingUnionBranch = {
  id: "MISSING_UNION_BRANCH",
  purpose: "The reader's union has a branch for each type that the writer may have written.",
  source: "Avro specification, Schema Resolution: if reader's is a union, the first schema in it that matches",
  of(reader: UnionNode, writer: Node, breaksWithin: BreaksWithin): Finding {
    let known: readonly Incompatibility[] | undefined;
    const inside = () => {
      known ??= breaksWithin(reader, writer);
      return known;
    };
    return {
      message: () => `reader union lacking writer type: ${kindOf(writer)}`,
      cause: () => {
        const branches = listed(reader.branches.map(branchName));
        const lacks = `the data may hold ${shown(writer)}, and no branch of the reader's union (${branches}) reads it`;
        const [first] = inside();
        return first === undefined ? lacks : `${lacks}, ${why(reader, writer, first, inside().length - 1)}`;
      },
      advice: () => inside()[0]?.advice ?? `add ${shown(writer)} as a branch`,
    };
  },
} as const satisfies Omit<Rule, "check"> & Record<"of", unknown>;

function why(reader: UnionNode, writer: Node, { cause, writerPath }: Incompatibility, others: number): string {
  const nearest = nearestBranch(reader, writer) ?? reader;
  const field = fieldPath(writer, writerPath);
  const branch = `\`${branchName(nearest)}\``;
  const more = others === 0 ? "" : ` (and ${others} more)`;
  return `not even ${branch}, because ${field === "" ? "" : `in \`${field}\` `}${cause}${more}`;
}
