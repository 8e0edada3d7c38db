import type { RequestContext } from "../parts.ts";
import { type Api, MESSAGES } from "../protocol/index.ts";
import type { Fault, Match } from "./fault.ts";
import { namesGroup, type Place, split, type Values } from "./places.ts";

/** A fault that was set up. */
export interface Rule {
  /** Counts from 1; no two rules of a broker have the same. */
  readonly id: number;
  readonly fault: Fault;
  /** How often it has happened. */
  readonly hits: number;
  /** How often it still will. */
  readonly left: number | "always";
  remove(): void;
}

/** Keeps count of one fault, and tells those who wait for it. */
export class RuleState implements Rule {
  readonly id: number;
  readonly fault: Fault;
  readonly #onRemove: (rule: RuleState) => void;
  readonly #waiting = new Set<{ readonly hits: number; readonly settled: PromiseWithResolvers<void> }>();
  #begun = 0;
  #removed: boolean = false;
  hits = 0;

  constructor(id: number, fault: Fault, onRemove: (rule: RuleState) => void) {
    this.id = id;
    this.fault = fault;
    this.#onRemove = onRemove;
  }

  get left(): number | "always" {
    const { times = 1 } = this.fault;
    return times === "always" ? times : Math.max(times - this.#begun, 0);
  }

  /** Whether a request is one of those that it is for, and it is not spent. */
  matches(context: RequestContext, api: Api, request: Values): boolean {
    return !this.#removed && this.left !== 0 && isMatch(this.fault, context, api, request);
  }

  /** A request has been chosen. */
  begin(): void {
    this.#begun += 1;
  }

  /** What was to go wrong has gone wrong. */
  happened(): void {
    this.hits += 1;
    for (const waiting of this.#waiting) {
      if (waiting.hits > this.hits) continue;
      this.#waiting.delete(waiting);
      waiting.settled.resolve();
    }
  }

  /** Resolves when it has happened so often; rejects where it is removed before. */
  async happens(times: number): Promise<void> {
    if (this.hits >= times) return;
    if (this.#removed) throw gone(this);
    const settled = Promise.withResolvers<void>();
    this.#waiting.add({ hits: times, settled });
    await settled.promise;
  }

  remove(): void {
    this.#removed = true;
    this.#onRemove(this);
    for (const { settled } of this.#waiting) settled.reject(gone(this));
    this.#waiting.clear();
  }
}

const gone = ({ id, hits }: Rule): Error => new Error(`fault ${id} was removed when it had happened ${hits} times`);

/** The topic or partition that a rule is about; undefined where it is about whole requests. */
export const placeOf = ({ topic, partition }: Match, { topics }: RequestContext): Place | undefined =>
  topic === undefined ? undefined : { topic, partition, nameOf: (id) => topics.byId(id)?.name };

/** Answers of these name partitions for which the request has no list of its own. */
export const isAboutTopics = (api: Api): boolean =>
  api.key === MESSAGES.metadata.key || api.key === MESSAGES.describeTopicPartitions.key;

function isMatch(match: Match, context: RequestContext, api: Api, request: Values): boolean {
  const { api: apis, clientId, node, group } = match;
  if (apis !== undefined && ![apis].flat().some((name) => MESSAGES[name].key === api.key)) return false;
  if (clientId !== undefined && clientId !== context.clientId) return false;
  if (node !== undefined && node !== context.nodeId) return false;
  if (group !== undefined && !namesGroup(request, group)) return false;
  const place = placeOf(match, context);
  return place === undefined || names(request, place, isAboutTopics(api));
}

/** Whether the request speaks of the place; one that asks for all topics speaks of each. */
function names(request: Values, { topic, partition, nameOf }: Place, wholeTopics: boolean): boolean {
  if (!wholeTopics) return split(request, { topic, partition, nameOf }).taken !== undefined;
  const { topics } = request;
  if (topics === null || (Array.isArray(topics) && topics.length === 0)) return true;
  return split(request, { topic, partition: undefined, nameOf }).taken !== undefined;
}
