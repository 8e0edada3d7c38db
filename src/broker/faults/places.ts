import type { KafkaFault } from "../protocol/index.ts";

/** A message as it was read, or is to be written. */
export type Values = Readonly<Record<string, unknown>>;

/** A topic in a message, or one of its partitions. */
export interface Place {
  readonly topic: string;
  readonly partition: number | undefined;
  /** The name of a topic that a newer message tells by its id. */
  nameOf(topicId: string): string | undefined;
}

/**
 * Parts a request into what it says of a place and the rest; each is undefined where there is nothing of it. A list of
 * topics that is null means all of them, and has no parts.
 */
export function split(request: Values, place: Place): { readonly taken?: Values; readonly rest?: Values } {
  const taken: Record<string, unknown> = { ...request };
  const rest: Record<string, unknown> = { ...request };
  let anyTaken = false;
  let anyLeft = false;
  for (const [key, list] of Object.entries(request)) {
    if (!isList(list)) continue;
    const parts = list.map((element) => splitElement(element, place));
    const hits = parts.flatMap((part) => ("taken" in part ? [part.taken] : []));
    taken[key] = hits;
    if (hits.length === 0) continue;
    const left = parts.flatMap((part) => ("rest" in part ? [part.rest] : []));
    rest[key] = left;
    anyTaken = true;
    anyLeft ||= left.length > 0;
  }
  return { ...(anyTaken && { taken }), ...((anyLeft || !anyTaken) && { rest }) };
}

/** The answer with the error at the place, and everywhere else as it was. */
export function mark(answer: Values, place: Place, fault: KafkaFault): Values {
  return eachElement(answer, (element) => {
    const topic = topicOf(element, place);
    if (topic === undefined) return mark(element, place, fault);
    if (topic !== place.topic) return element;
    if (place.partition === undefined)
      return failed(
        eachElement(element, (inner) => failed(inner, fault)),
        fault,
      );
    return eachElement(element, (inner) => (partitionOf(inner) === place.partition ? failed(inner, fault) : inner));
  });
}

/** The answer without what it says of the place. */
export function without(answer: Values, place: Place): Values {
  const { rest, taken } = split(answer, place);
  return rest ?? (taken ? emptied(taken) : answer);
}

/** Adds to an answer what another says of other topics and partitions. */
export function merge(answer: Values, other: Values): Values {
  const merged: Record<string, unknown> = { ...answer };
  for (const [key, list] of Object.entries(other)) {
    const held = answer[key];
    if (isList(list) && isList(held)) merged[key] = mergeLists(held, list);
  }
  return merged;
}

/** Whether the request speaks of a group. */
export function namesGroup(request: Values, group: string): boolean {
  const { groupId, groups, groupsNames, key, keyType, coordinatorKeys } = request;
  const listed = [groups, groupsNames].filter(isList).flat();
  const coordinated = keyType === 0 ? [key, ...(isList(coordinatorKeys) ? coordinatorKeys : [])] : [];
  return [groupId, ...listed, ...coordinated].some((one) => one === group || (isValues(one) && one.groupId === group));
}

function splitElement(element: unknown, place: Place): { readonly taken?: unknown; readonly rest?: unknown } {
  if (element === place.topic && place.partition === undefined) return { taken: element };
  if (!isValues(element)) return { rest: element };
  const topic = topicOf(element, place);
  if (topic === undefined) return split(element, place);
  if (topic !== place.topic) return { rest: element };
  return place.partition === undefined ? { taken: element } : splitPartitions(element, place.partition);
}

function splitPartitions(element: Values, wanted: number): { readonly taken?: Values; readonly rest?: Values } {
  const [key, list] = Object.entries(element).find(([, value]) => isList(value) && value.some(hasPartition)) ?? [];
  if (key === undefined || !isList(list)) return { rest: element };
  const taken = list.filter((one) => partitionOf(one) === wanted);
  const rest = list.filter((one) => partitionOf(one) !== wanted);
  return {
    ...(taken.length > 0 && { taken: { ...element, [key]: taken } }),
    ...(rest.length > 0 && { rest: { ...element, [key]: rest } }),
  };
}

/** With every list that was of the place alone emptied. */
const emptied = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isList(value) ? [] : value]));

/** Messages name one thing in several ways. */
function topicOf({ name, topic, topicName, topicId }: Values, { nameOf }: Place): string | undefined {
  const given = [name, topic, topicName].find((one) => typeof one === "string" && one !== "");
  if (typeof given === "string") return given;
  if (typeof topicId === "string") return nameOf(topicId) ?? topicId;
  return [name, topic, topicName].some((one) => one === "") ? "" : undefined;
}

function partitionOf(element: unknown): number | undefined {
  if (typeof element === "number") return element;
  if (!isValues(element)) return undefined;
  const index = element.index ?? element.partitionIndex ?? element.partition;
  return typeof index === "number" ? index : undefined;
}

const hasPartition = (element: unknown): boolean => partitionOf(element) !== undefined;

/** What Kafka sets to -1 beside an error. */
const UNKNOWN: ReadonlySet<string> = new Set([
  "baseOffset",
  "highWatermark",
  "lastStableOffset",
  "logStartOffset",
  "committedOffset",
  "lowWatermark",
  "offset",
  "timestamp",
  "endOffset",
]);

function failed(element: Values, { code, kind, message }: KafkaFault): Values {
  const answer: Record<string, unknown> = { ...element };
  for (const [key, value] of Object.entries(element)) {
    if (key === "errorCode" || key === "partitionErrorCode") answer[key] = code;
    else if (key === "errorMessage") answer[key] = message;
    else if (key === "records") answer[key] = null;
    else if (UNKNOWN.has(key) && typeof value === "bigint") answer[key] = -1n;
    else if (key === "leaderId" && kind === "LEADER_NOT_AVAILABLE") answer[key] = -1;
  }
  return answer;
}

function eachElement(values: Values, change: (element: Values) => Values): Values {
  const changed: Record<string, unknown> = { ...values };
  for (const [key, list] of Object.entries(values)) {
    if (isList(list)) changed[key] = list.map((element) => (isValues(element) ? change(element) : element));
  }
  return changed;
}

function mergeLists(held: readonly unknown[], more: readonly unknown[]): unknown[] {
  const merged = [...held];
  for (const element of more) {
    const at = merged.findIndex((one) => isValues(one) && isValues(element) && sameThing(one, element));
    const same = merged[at];
    if (isValues(same) && isValues(element)) merged[at] = merge(same, element);
    else merged.push(element);
  }
  return merged;
}

const NAMES = ["name", "topic", "topicName", "topicId", "groupId", "transactionalId"] as const;

const sameThing = (one: Values, other: Values): boolean =>
  !hasPartition(one) &&
  NAMES.some((name) => typeof one[name] === "string") &&
  NAMES.every((name) => one[name] === other[name]);

/** A buffer is a value, not a list. */
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
