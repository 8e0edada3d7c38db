import type { Answer, RequestContext } from "../parts.ts";
import { type Api, KafkaFault, MESSAGES, ProtocolError, type RequestOf, refusal } from "../protocol/index.ts";
import type { Fault } from "./fault.ts";
import { mark, merge, type Place, split, without } from "./places.ts";

/** Handles a request, or what is left of it. */
export type Next = (request: RequestOf<Api>) => Answer<Api> | Promise<Answer<Api>>;

/** A connection that is closed on purpose. */
export class Dropped extends ProtocolError {
  constructor() {
    super("the connection was closed by a fault on purpose");
  }
}

export interface Struck {
  readonly context: RequestContext;
  readonly api: Api;
  readonly request: RequestOf<Api>;
  readonly place: Place | undefined;
  /** Whether the request has no list of partitions, though its answer has. */
  readonly wholeTopics: boolean;
  readonly next: Next;
  /** Told when it has gone wrong. */
  happened(): void;
}

/** Lets one request go wrong. */
export function strike(fault: Fault, struck: Struck): Answer<Api> | Promise<Answer<Api>> {
  if ("answer" in fault) return refuse(new KafkaFault(fault.answer), fault.handled ?? false, struck);
  if ("omit" in fault) return omit(struck);
  if ("drop" in fault) return drop(fault.drop, struck);
  return delay(fault.delay, fault.ms, struck);
}

function refuse(error: KafkaFault, handled: boolean, struck: Struck): Answer<Api> | Promise<Answer<Api>> {
  const { api, request, place, next, happened } = struck;
  // Kafka has nothing else to tell a producer that wants no answers.
  if (api.key === MESSAGES.produce.key && request.acks === 0) return drop(handled ? "answer" : "request", struck);
  if (!place) {
    if (handled) return afterwards(next(request), () => told(refusal(api, request, error), happened));
    return told(refusal(api, request, error), happened);
  }
  if (handled || struck.wholeTopics) {
    return afterwards(next(request), (answer) => told(answer && mark(answer, place, error), happened));
  }
  const { taken = request, rest } = split(request, place);
  // Only the place itself is refused, not what stands around it.
  const refused = mark(refusal(api, taken, new KafkaFault("NONE", "")), place, error);
  if (!rest) return told(refused, happened);
  // Who fetches is told of an error at once.
  const others = next("maxWaitMs" in rest ? { ...rest, maxWaitMs: 0 } : rest);
  return afterwards(others, (answer) => told(answer && merge(answer, refused), happened));
}

function omit(struck: Struck): Answer<Api> | Promise<Answer<Api>> {
  const { api, request, place, next, happened } = struck;
  if (!place) return drop("request", struck);
  if (struck.wholeTopics)
    return afterwards(next(request), (answer) => told(answer && without(answer, place), happened));
  const { rest } = split(request, place);
  const nothing = () => without(refusal(api, request, new KafkaFault("NONE", "")), place);
  return rest ? afterwards(next(rest), (answer) => told(answer, happened)) : told(nothing(), happened);
}

function drop(what: "request" | "answer", { request, next, happened }: Struck): Promise<never> {
  if (what === "answer") {
    return Promise.resolve(next(request)).then(() => {
      happened();
      throw new Dropped();
    });
  }
  happened();
  throw new Dropped();
}

async function delay(
  what: "request" | "answer",
  ms: number,
  { context, request, next, happened }: Struck,
): Promise<Answer<Api>> {
  const answer = what === "answer" ? await next(request) : undefined;
  happened();
  await pass(ms, context.signal);
  if (what === "answer") return answer;
  // What is on its way when the client goes does not arrive.
  if (context.signal.aborted) throw new Dropped();
  return next(request);
}

/** Waits, but no longer than the client does. */
function pass(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener("abort", end, { once: true });
  return promise.finally(() => signal.removeEventListener("abort", end));
}

function told<T>(answer: T, happened: () => void): T {
  happened();
  return answer;
}

/** An answer that is there at once stays so. */
const afterwards = (
  answer: Answer<Api> | Promise<Answer<Api>>,
  change: (answer: Answer<Api>) => Answer<Api>,
): Answer<Api> | Promise<Answer<Api>> => (answer instanceof Promise ? answer.then(change) : change(answer));
