import { afterAll } from "bun:test";
import { openBroker } from "../../src/broker/index.ts";
import { adminSuite } from "../contract/broker/admin.ts";
import { configsSuite } from "../contract/broker/configs.ts";
import { consumerGroupsSuite } from "../contract/broker/consumer-groups.ts";
import { fetchSuite } from "../contract/broker/fetch.ts";
import { groupAdminSuite } from "../contract/broker/group-admin.ts";
import { groupOffsetsSuite } from "../contract/broker/group-offsets.ts";
import { groupStaticSuite } from "../contract/broker/group-static.ts";
import { groupsSuite } from "../contract/broker/groups.ts";
import { idempotenceSuite } from "../contract/broker/idempotence.ts";
import { metadataSuite } from "../contract/broker/metadata.ts";
import { offsetsSuite } from "../contract/broker/offsets.ts";
import { produceSuite } from "../contract/broker/produce.ts";
import type { BrokerUnderTest } from "../contract/broker/suite.ts";
import { apacheKafka } from "../contract/broker/targets.ts";
import { topicsSuite } from "../contract/broker/topics.ts";
import { transactionAdminSuite } from "../contract/broker/transaction-admin.ts";
import { transactionalOffsetsSuite } from "../contract/broker/transactional-offsets.ts";
import { transactionsSuite } from "../contract/broker/transactions.ts";

/**
 * What a Kafka broker answers, asked of ours and of Apache Kafka: the suites were written against Apache Kafka, so that
 * a client cannot tell the two apart. Where they differ, the reason stands here.
 */
const broker = await openBroker();
afterAll(() => broker.close());

const ours: BrokerUnderTest = { name: "Sluice", address: broker.address };

for (const target of [ours, apacheKafka]) {
  produceSuite(target);
  fetchSuite(target);
  offsetsSuite(target);
  metadataSuite(target);
  topicsSuite(target);
  configsSuite(target);
  adminSuite(target);
  groupsSuite(target);
  groupStaticSuite(target);
  groupOffsetsSuite(target);
  groupAdminSuite(target);
  consumerGroupsSuite(target);
  idempotenceSuite(target);
  transactionsSuite(target);
  transactionalOffsetsSuite(target);
  transactionAdminSuite(target);
}
