import type { DeclaredReader } from "../../gate/index.ts";
import type { BumpPlan } from "./plan-bump.ts";

/** One thing that is left to do. */
export interface Step {
  readonly title: string;
  readonly text: string;
}

/** What a new version of a topic asks for, in the order in which nothing gets lost. */
export function checklistOf(plan: BumpPlan, readers: readonly DeclaredReader[]): readonly Step[] {
  const { from, to, added, restored } = plan;
  const groups = [...new Set(readers.filter(({ topic }) => topic === from).map(({ group }) => group))];
  return [
    ...(restored === undefined
      ? [{ title: "Schema", text: `Edit ${added.file}: nothing is promised about ${to} yet, any change is right.` }]
      : []),
    { title: "Types", text: "`sluice types`: workers and clients know the new topic by its name." },
    {
      title: "Topic",
      text: "`sluice apply` registers the schema and `sluice topics apply` makes the topic, before anybody writes to it.",
    },
    { title: "Readers", text: readersText(plan, groups) },
    {
      title: "Writers",
      text: `Let each write to ${to}: POST /topics/${to}/events. While readers of ${from} are left, write to both, with the same event id: a worker that reads both then does once what it does in \`context.transaction\`.`,
    },
    {
      title: "Stored events",
      text: `What is in ${from} stays there. Where a reader wants it in ${to}: a worker of its own reads ${from} and posts what it makes of each event to /topics/${to}/events, with the same event id.`,
    },
    {
      title: "The end",
      text: `${from} may go once nobody writes to it and \`sluice groups\` shows no lag of those that read it.`,
    },
  ];
}

function readersText({ from, to }: BumpPlan, groups: readonly string[]): string {
  const how = `take "${to}" into their \`topics\` beside "${from}", and tell them apart by \`event.topic\``;
  if (groups.length === 0) return `Workers that read ${from} ${how}. They come before the writers.`;
  return `${groups.join(", ")}: ${how}. Deploy them before the writers.`;
}
