import { type Codec, createCodec, nearest } from "../avro/index.ts";
import { type Catalog, type CatalogTopic, type Envelope, envelopeOf, type SchemaFile } from "../catalog/index.ts";
import { type Header, type PreparedHeaders, prepareHeaders } from "../kafka/index.ts";
import { Problem } from "./problems.ts";

/** A topic with everything made that its events need. */
export interface ServedTopic {
  readonly name: string;
  readonly declared: CatalogTopic;
  /** The registry's id of the schema that this process was started with. */
  readonly schemaId: number;
  readonly codec: Codec;
  readonly envelope: (value: unknown) => Envelope;
  /** Headers that all events of this topic share, unless the producer names another source. */
  readonly prepared: PreparedHeaders;
  /** How far ahead of the broker's clock Kafka lets a timestamp be. */
  readonly futureMsMax: number;
}

/** The topics that the door serves. */
export interface ServedTopics {
  readonly all: readonly ServedTopic[];
  /** Types that their schemas share. */
  readonly shared: readonly SchemaFile[];
  /**
   * Null is what Elysia's router makes of a name that is not percent-encoded UTF-8.
   * @throws Problem UNKNOWN_TOPIC with the nearest names.
   */
  get(name: string | null): ServedTopic;
}

/** Topics that may be replaced by others while they are served; what is under way ends with those that it began with. */
export interface LiveTopics extends ServedTopics {
  replace(topics: ServedTopics): void;
}

export function liveTopics(first: ServedTopics): LiveTopics {
  let current = first;
  return {
    get all() {
      return current.all;
    },
    get shared() {
      return current.shared;
    },
    get: (name) => current.get(name),
    replace: (topics) => {
      current = topics;
    },
  };
}

const FUTURE_CONFIG = "message.timestamp.after.max.ms";
/** A broker's clock may be behind ours. */
const CLOCK_SKEW_MS = 60_000;

/** Makes everything that the events of each topic need. `schemaIds` has an id for each topic of the catalog. */
export function serveTopics(
  { topics, shared = [] }: Pick<Catalog, "topics"> & Partial<Pick<Catalog, "shared">>,
  schemaIds: ReadonlyMap<string, number>,
  { source, futureMsMax }: { source: string; futureMsMax: number },
): ServedTopics {
  const all = topics.map((declared) => served(declared, schemaIds, source, futureMsMax));
  const byName = new Map(all.map((topic) => [topic.name, topic]));
  const names = [...byName.keys()];
  return {
    all,
    shared,
    get(name) {
      const topic = byName.get(name ?? "");
      if (topic === undefined) throw unknownTopic(name ?? "", names);
      return topic;
    },
  };
}

/** The CloudEvents headers that do not change from event to event (Kafka protocol binding, binary mode). */
export function sharedHeaders(eventType: string, source: string): Header[] {
  return [
    ["ce_specversion", "1.0"],
    ["ce_type", eventType],
    ["ce_source", source],
    ["content-type", "application/avro"],
  ];
}

function served(
  declared: CatalogTopic,
  schemaIds: ReadonlyMap<string, number>,
  source: string,
  futureMsMax: number,
): ServedTopic {
  const schemaId = schemaIds.get(declared.topic);
  if (schemaId === undefined) throw new TypeError(`no schema id for ${declared.topic}`);
  return {
    name: declared.topic,
    declared,
    schemaId,
    codec: createCodec(declared.schema),
    envelope: envelopeOf(declared),
    prepared: prepareHeaders(sharedHeaders(declared.eventType, source)),
    futureMsMax: Math.max(
      0,
      Number({ [FUTURE_CONFIG]: futureMsMax, ...declared.config }[FUTURE_CONFIG]) - CLOCK_SKEW_MS,
    ),
  };
}

/** Enough to find a name in, little enough for a line. */
const NAMES_SHOWN_MAX = 10;

function unknownTopic(name: string, names: readonly string[]): Problem {
  const meant = nearest(name, names);
  const versions = names.filter((other) => other.startsWith(`${name}.`) || sameType(name, other));
  const near = [...new Set([...(meant === undefined ? [] : [meant]), ...versions])].slice(0, NAMES_SHOWN_MAX);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "GET /topics lists them.";
  return new Problem("UNKNOWN_TOPIC", `no topic ${shown(name)}; ${hint}`, { members: { nearest: near } });
}

/** `orders.order.created.v3` is near to `orders.order.created.v1`, also where more than a digit differs. */
function sameType(name: string, other: string): boolean {
  return name.replace(/\.v\d+$/, "") === other.replace(/\.v\d+$/, "");
}

const NAME_SHOWN_MAX = 100;

function shown(name: string): string {
  return name.length > NAME_SHOWN_MAX ? `${name.slice(0, NAME_SHOWN_MAX)}…` : name;
}
