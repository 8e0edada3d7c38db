import type { Groups } from "../groups/index.ts";
import type { Answer, Handler, RequestContext } from "../parts.ts";
import type { Api, RequestOf } from "../protocol/index.ts";
import type { Topics } from "../topics.ts";
import { strike } from "./effects.ts";
import type { Fault } from "./fault.ts";
import { isAboutTopics, placeOf, type Rule, RuleState } from "./rules.ts";

/** Faults on purpose, for tests: what is to go wrong, for which requests, and how often. */
export interface Faults {
  /** In the order in which they were added. Those that are spent stay until they are removed. */
  readonly rules: readonly Rule[];
  /** From now on requests go wrong. Of several rules for one request the first is met first. RangeError: too many. */
  add(fault: Fault): Rule;
  remove(id: number): boolean;
  /** Removes all rules. */
  clear(): void;
  /** Resolves when the fault has happened, once or so often; rejects where the rule is removed before. */
  hit(rule: Rule, times?: number): Promise<void>;
  /** Makes another node the leader of a partition, under the next epoch. RangeError: no such partition or node. */
  moveLeader(topic: string, partition: number, nodeId: number): void;
  /** Cuts the connections of one node, or all. */
  disconnect(nodeId?: number): void;
  /** Lets all members of a group join again. RangeError: no such group. */
  rebalance(groupId: string): void;
  /** Handles a request; what `dispatch.ts` calls in place of the handler. */
  around(context: RequestContext, handler: Handler, request: RequestOf<Api>): Answer<Api> | Promise<Answer<Api>>;
  close(): void;
}

export interface FaultsOptions {
  readonly topics: Pick<Topics, "partition">;
  readonly groups: Pick<Groups, "rebalance">;
  /** Ends connections as a crash would. */
  disconnect(nodeId?: number): void;
}

const RULES_MAX = 1_000;

export function openFaults({ topics, groups, disconnect }: FaultsOptions): Faults {
  const rules: RuleState[] = [];
  let lastId = 0;
  const clear = () => {
    for (const rule of [...rules]) rule.remove();
  };
  const around: Faults["around"] = (context, { api, handle }, request) =>
    rules.length === 0 ? handle(context, request) : pass([...rules], context, { api, handle }, request);
  return {
    rules,
    add(fault) {
      if (rules.length >= RULES_MAX) throw new RangeError(`there are ${rules.length} faults, which is the limit`);
      lastId += 1;
      const rule = new RuleState(lastId, fault, (removed) => void rules.splice(rules.indexOf(removed), 1));
      rules.push(rule);
      return rule;
    },
    remove(id) {
      const rule = rules.find((one) => one.id === id);
      rule?.remove();
      return rule !== undefined;
    },
    clear,
    async hit({ id }, times = 1) {
      const rule = rules.find((one) => one.id === id);
      if (!rule) throw new RangeError(`there is no fault ${id}`);
      await rule.happens(times);
    },
    moveLeader(topic, index, nodeId) {
      const partition = topics.partition(topic, index);
      if (!partition) throw new RangeError(`there is no partition ${index} of a topic ${topic}`);
      partition.moveTo(nodeId);
    },
    disconnect,
    rebalance(groupId) {
      const error = groups.rebalance(groupId);
      if (error !== "NONE") throw new RangeError(`group ${groupId} cannot be rebalanced: ${error}`);
    },
    around,
    close: clear,
  };
}

/** Meets one rule after the other; behind the last of them stands the handler. */
function pass(
  rules: readonly RuleState[],
  context: RequestContext,
  handler: Pick<Handler, "api" | "handle">,
  request: RequestOf<Api>,
): Answer<Api> | Promise<Answer<Api>> {
  const { api } = handler;
  const at = rules.findIndex((rule) => rule.matches(context, api, request));
  const rule = rules[at];
  if (!rule) return handler.handle(context, request);
  rule.begin();
  return strike(rule.fault, {
    context,
    api,
    request,
    place: placeOf(rule.fault, context),
    wholeTopics: isAboutTopics(api),
    next: (left) => pass(rules.slice(at + 1), context, handler, left),
    happened: () => rule.happened(),
  });
}
