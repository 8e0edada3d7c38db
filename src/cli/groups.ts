import { Command } from "commander";
import { readConfig } from "../config.ts";
import type { Admin, GroupDescription, GroupLag } from "../kafka/index.ts";
import { withAdmin } from "./connections.ts";
import { JSON_OPTION, withExamples } from "./example.ts";
import { CommandFailed } from "./exit.ts";
import type { Io } from "./io.ts";
import { columns, counted } from "./table.ts";

/** Shows consumer groups: how far each is behind, and who has which partition. */
export const groupsCommand = (io: Io): Command =>
  withExamples(
    new Command("groups")
      .description("Show the consumer groups, or one of them with its members and its lag by partition.")
      .argument("[group]", "the group to look at")
      .option(...JSON_OPTION)
      .action((group: string | undefined, options: { json?: boolean }) => groups(io, group, options.json ?? false)),
    [
      ["sluice groups", "all groups: state, members, lag"],
      ["sluice groups order-projection", "one group, partition by partition"],
    ],
  );

async function groups(io: Io, group: string | undefined, json: boolean): Promise<void> {
  await withAdmin(readConfig(io.env), (admin) =>
    group === undefined ? showAll(io, admin, json) : showOne(io, admin, group, json),
  );
}

async function showAll(io: Io, admin: Admin, json: boolean): Promise<void> {
  const names = [...(await admin.groups())].sort((one, other) => one.localeCompare(other));
  const rows = await Promise.all(
    names.map(async (name) => {
      const [{ state, members }, lags] = await Promise.all([admin.describeGroup(name), admin.lag(name)]);
      return { group: name, state, members: members.length, lag: total(lags) };
    }),
  );
  if (json) return void io.out(jsonLine(rows));
  if (rows.length === 0) return void io.out("No consumer groups: `sluice work NAME` makes one.\n");
  io.out(
    columns(
      rows.map(({ group, state, members, lag }) => [group, state, members, counted(Number(lag))]),
      { header: ["GROUP", "STATE", "MEMBERS", "LAG"] },
    ),
  );
}

async function showOne(io: Io, admin: Admin, group: string, json: boolean): Promise<void> {
  const [description, lags] = await Promise.all([admin.describeGroup(group), admin.lag(group)]);
  if (description.state === "Dead" && lags.length === 0) {
    throw new CommandFailed(`there is no group ${group}; \`sluice groups\` lists those that there are.`);
  }
  if (json) return void io.out(jsonLine({ ...description, partitions: lags }));
  const { state, members, protocol } = description;
  const names = memberNames(members);
  const nameOf = (memberId: string) => names.get(memberId) ?? "";
  io.out(`${group}: ${state}${protocol === "" ? "" : `, ${protocol}`}, lag ${counted(Number(total(lags)))}\n`);
  if (members.length > 0) {
    io.out("\n");
    const rows = members.map(({ memberId, host, assignment }) => [nameOf(memberId), host, assignment.length]);
    io.out(columns(rows, { header: ["MEMBER", "HOST", "PARTITIONS"] }));
  }
  io.out("\n");
  const header = ["TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER"];
  io.out(
    columns(
      lags.map((lag) => partitionRow(lag, description, nameOf)),
      { header },
    ),
  );
}

/** What each member is called, by its id: its client id, or the id itself where others have the same client id. */
export function memberNames(members: readonly Pick<Member, "memberId" | "clientId">[]): ReadonlyMap<string, string> {
  const shared = (name: string) => members.filter(({ clientId }) => clientId === name).length > 1;
  return new Map(members.map(({ memberId, clientId }) => [memberId, shared(clientId) ? memberId : clientId]));
}

type Member = GroupDescription["members"][number];

function partitionRow(
  { topic, partition, committed, end, lag }: GroupLag,
  { members }: GroupDescription,
  nameOf: (memberId: string) => string,
): readonly (string | number)[] {
  const owner = members.find(({ assignment }) =>
    assignment.some((one) => one.topic === topic && one.partition === partition),
  );
  const name = owner === undefined ? "" : nameOf(owner.memberId);
  return [topic, partition, String(committed ?? "-"), String(end ?? "-"), String(lag ?? "-"), name];
}

const total = (lags: readonly GroupLag[]): bigint => lags.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n);

/** Offsets are 64 bits wide and JSON's numbers are not: they are strings. */
const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? String(one) : one), 2)}\n`;
