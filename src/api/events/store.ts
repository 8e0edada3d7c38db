import type { Emit } from "../../events.ts";
import type { Delivery, Producer } from "../../kafka/index.ts";
import type { Tallies } from "../metrics/tallies.ts";
import { Problem } from "../problems.ts";
import type { CheckedEvent } from "./event.ts";
import type { Checked } from "./ndjson.ts";
import type { Outcomes } from "./outcome.ts";
import { acceptanceOf, type Results, receiptOf, resultOf } from "./results.ts";
import type { RetryAfter } from "./retry-after.ts";

export interface StoreParts {
  readonly producer: Producer;
  readonly tallies: Tallies;
  readonly outcomes: Outcomes;
  readonly retryAfter: RetryAfter;
  readonly emit: Emit;
}

/** Builds what hands events to Kafka and counts what becomes of them. */
export function createStore({ producer, tallies, outcomes, retryAfter, emit }: StoreParts) {
  return { one, oneUnwaited, all, allUnwaited };

  /**
   * The receipt of one event.
   * @throws Problem
   */
  async function one(event: CheckedEvent): Promise<string> {
    const delivery = await producer.send(event.record);
    if (delivery.status !== "stored") throw outcomes.problemOf(delivery);
    tallies.topic(event.record.topic).stored++;
    retryAfter.stored(1);
    return receiptOf(event, delivery);
  }

  /**
   * What is known at once: a full queue is, storage is not.
   * @throws Problem
   */
  async function oneUnwaited(event: CheckedEvent): Promise<string> {
    const early = await follow(event, producer.send(event.record));
    if (early !== undefined) throw early;
    return acceptanceOf(event);
  }

  /** Sends events at once; what it returns adds a receipt or a problem for each, in order. */
  function all(checked: readonly Checked[], results: Results): () => Promise<void> {
    const events = checked.filter((one): one is CheckedEvent => !(one instanceof Problem));
    const sending = producer.sendAll(events.map(({ record }) => record));
    return async () => {
      const deliveries = (await sending).values();
      for (const one of checked) {
        if (one instanceof Problem) results.addProblem(one);
        else addDelivery(one, deliveries.next().value, results);
      }
    };
  }

  function addDelivery(event: CheckedEvent, delivery: Delivery | undefined, results: Results): void {
    if (delivery === undefined) throw new TypeError("the producer left a record without an answer");
    if (delivery.status !== "stored") {
      results.addProblem(outcomes.problemOf(delivery));
      return;
    }
    tallies.topic(event.record.topic).stored++;
    retryAfter.stored(1);
    results.add(receiptOf(event, delivery));
  }

  /** As `all`, for a request that does not wait. */
  function allUnwaited(checked: readonly Checked[], results: Results): () => Promise<void> {
    const sending = checked.map((one) => (one instanceof Problem ? one : follow(one, producer.send(one.record))));
    return async () => {
      const early = await Promise.all(sending);
      for (const [index, one] of checked.entries()) {
        const problem = early[index];
        if (problem !== undefined) results.addProblem(problem);
        else if (!(one instanceof Problem)) results.add(acceptanceOf(one));
      }
    };
  }

  /** Counts what becomes of an event that nobody waits for. Resolves with a problem only where it is known at once. */
  async function follow({ id, record }: CheckedEvent, sending: Promise<Delivery>): Promise<Problem | undefined> {
    const tally = tallies.topic(record.topic);
    const early = await Promise.race([sending, Promise.resolve(undefined)]);
    if (early !== undefined && early.status !== "stored") return outcomes.problemOf(early);
    tally.accepted++;
    // Nobody is there any more to be told but the operator.
    void sending.then((delivery) => {
      if (delivery.status === "stored") {
        tally.stored++;
        retryAfter.stored(1);
        return;
      }
      tally[resultOf(outcomes.problemOf(delivery))]++;
      emit("api.event.lost", { topic: record.topic, id, outcome: delivery.status, error: delivery.error });
    });
    return undefined;
  }
}

export type EventStore = ReturnType<typeof createStore>;
