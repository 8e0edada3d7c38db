import type { Api, RequestOf, ResponseInput } from "./api.ts";
import type { KafkaFault } from "./errors.ts";
import type { Fields } from "./field.ts";

type Values = Readonly<Record<string, unknown>>;

const ERROR_PLACES: ReadonlySet<string> = new Set(["errorCode", "partitionErrorCode"]);

/** Fields by which a response names what the request named, where the two differ: each list is one thing. */
const SAME_THING: readonly (readonly string[])[] = [
  ["partitionIndex", "index", "partition"],
  ["name", "topic", "topicName"],
  ["groupId", "group"],
];

/** Numbers that say what an answer is about; other numbers of a request mean something else in the response. */
const NUMBERS: ReadonlySet<string> = new Set(["partitionIndex", "index", "partition", "resourceType"]);

/**
 * The answer that refuses a whole request: the error stands in every place that the message has for one. Where answers
 * are given for each element of the request (a topic, a partition, a group), each is refused.
 */
export function refusal<A extends Api>(api: A, request: RequestOf<A>, fault: KafkaFault): ResponseInput<A> {
  // The fields are the response's own, and their values are of the declared types.
  return refused(api.response, api.request, request, fault) as ResponseInput<A>;
}

function refused(response: Fields, request: Fields, given: Values, fault: KafkaFault): Values {
  const answer: Record<string, unknown> = {};
  for (const [name, { wire, zero, nullable }] of Object.entries(response)) {
    if (ERROR_PLACES.has(name)) answer[name] = fault.code;
    else if (name === "errorMessage") answer[name] = fault.message;
    else if (wire.kind === "array" && wire.of.wire.kind === "struct") {
      const elements = wire.of.wire.fields;
      answer[name] = hasErrorPlace(elements) ? eachRefused(name, elements, request, given, fault) : emptyOf(nullable);
    } else if (wire.kind === "array") answer[name] = [];
    else if (wire.kind !== "struct" || nullable.last >= 0) answer[name] = echoed(name, given) ?? zero;
  }
  return answer;
}

const emptyOf = (nullable: { readonly last: number }): null | readonly [] => (nullable.last >= 0 ? null : []);

function hasErrorPlace(fields: Fields): boolean {
  return Object.entries(fields).some(
    ([name, { wire }]) =>
      ERROR_PLACES.has(name) ||
      (wire.kind === "array" && wire.of.wire.kind === "struct" && hasErrorPlace(wire.of.wire.fields)),
  );
}

/** One answer per element of the request's list: that of the same name, or else the first that has any elements. */
function eachRefused(
  name: string,
  elements: Fields,
  request: Fields,
  given: Values,
  fault: KafkaFault,
): readonly Values[] {
  const lists = Object.entries(request)
    .filter(([, { wire }]) => wire.kind === "array")
    .map(([list]) => list)
    .toSorted((one, other) => Number(other === name) - Number(one === name));
  for (const list of lists) {
    const field = request[list]?.wire;
    const values = given[list];
    if (field?.kind !== "array" || !Array.isArray(values) || values.length === 0) continue;
    const { wire } = field.of;
    return values.map((value: unknown) =>
      wire.kind === "struct" && isValues(value)
        ? refused(elements, wire.fields, value, fault)
        : refused(elements, {}, named(elements, value), fault),
    );
  }
  return [];
}

/** An element that is only a number or a name is the first such field of its answer: a partition, a group. */
function named(elements: Fields, value: unknown): Values {
  const kind = typeof value === "number" ? "int32" : "string";
  const [name] = Object.entries(elements).find(([, { wire }]) => wire.kind === kind) ?? [];
  return name === undefined ? {} : { [name]: value };
}

/** What the request called the same thing. */
function echoed(name: string, given: Values): unknown {
  const names = SAME_THING.find((same) => same.includes(name)) ?? [name];
  const value = given[names.find((one) => given[one] !== undefined && given[one] !== null) ?? name];
  return typeof value === "string" || (typeof value === "number" && NUMBERS.has(name)) ? value : undefined;
}

const isValues = (value: unknown): value is Values => typeof value === "object" && value !== null;
