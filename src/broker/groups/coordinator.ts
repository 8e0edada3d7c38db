import type { Emit } from "../../events.ts";
import type { TopicLookup } from "../group/consumer/index.ts";
import type { Table } from "../log/index.ts";
import { adminVerbs } from "./admin-verbs.ts";
import { ClassicGroups } from "./classic-groups.ts";
import { classicVerbs } from "./classic-verbs.ts";
import type { TopicsThere } from "./commit-offsets.ts";
import { ConsumerGroups } from "./consumer-groups.ts";
import { consumerVerbs } from "./consumer-verbs.ts";
import type { Rooms } from "./directory.ts";
import { expireOffsets } from "./expire-offsets.ts";
import { offsetVerbs } from "./offset-verbs.ts";
import { Offsets } from "./offsets.ts";
import { type CoordinatorSettings, SETTINGS } from "./settings.ts";
import type { Groups } from "./types.ts";

export interface GroupsOptions {
  /** Where groups and offsets are kept; it is closed with the coordinator. */
  readonly table: Table;
  /** What there is to read, and to commit offsets for. */
  readonly topics: TopicsThere;
  readonly now: () => number;
  readonly emit: Emit;
  readonly settings?: Partial<CoordinatorSettings>;
}

/** Opens the coordinator on what the table holds. */
export function openGroups({ table, topics, now, emit, settings: given }: GroupsOptions): Groups {
  const settings = { ...SETTINGS, ...given };
  const lookup: TopicLookup = (name) => {
    const topic = topics.get(name);
    return topic && { id: topic.id, partitions: topic.partitions.length };
  };
  const classic = new ClassicGroups({ table, now, settings, emit });
  const consumers = new ConsumerGroups({ table, now, settings, emit, topics: lookup });
  const rooms: Rooms = { classic, consumers, offsets: new Offsets(table), topics, now, settings };
  const check = setInterval(() => expireOffsets(rooms), settings.offsetsCheckMs);
  check.unref();
  return {
    ...classicVerbs(rooms),
    ...consumerVerbs(rooms),
    ...offsetVerbs(rooms),
    ...adminVerbs(rooms),
    runDue() {
      classic.runDue();
      consumers.runDue();
      expireOffsets(rooms);
    },
    close() {
      clearInterval(check);
      classic.close();
      consumers.close();
      table.close();
    },
  };
}
