import { describe, expect, test } from "bun:test";
import { cluster, without } from "../../support/cluster.ts";
import { listener, noting, openStage, type Seen, values } from "../../support/kafka/consuming.ts";
import { startThreeBrokers } from "../../support/kafka/three-brokers.ts";
import { startMortal } from "../../support/mortal.ts";
import { until } from "../../support/until.ts";

const of = (seen: readonly Seen[], partition: number): string[] =>
  seen.filter((record) => record.partition === partition).map(({ value }) => value);

/**
 * kafkajs consumers are known to go silent after a broker was away: the process lives, health is green, nothing is
 * read. So these tests end with records that were written afterwards.
 */
describe.skipIf(cluster === undefined)("a consumer outlives", () => {
  test("the restart of its only broker, without a rebalance where that is shorter than its session", async () => {
    await using broker = await startMortal();
    await using stage = await openStage(broker.address);
    const topic = await stage.topic(2);
    const seen: Seen[] = [];
    const told = listener();
    const options = { topics: [topic], sessionTimeoutMs: 45_000, emit: told.emit };
    const consumer = await stage.consume({ ...options, handle: noting(seen) });
    await stage.produce(topic, 0, { count: 10 });
    await until("it reads", () => seen.length === 10);

    await broker.restart();
    await stage.produce(topic, 0, { count: 10, from: 10 });
    await stage.produce(topic, 1, { count: 10 });

    await until("it reads again", () => seen.length >= 30, { timeoutMs: 30_000 });
    expect(of(seen, 0)).toEqual(values(0, 20));
    expect(of(seen, 1)).toEqual(values(0, 10));
    await until("it commits again", () => consumer.lag().every(({ lag, committed }) => lag === 0n && committed), {
      timeoutMs: 20_000,
    });
    expect(told.of("consumer.joined").length).toBe(1);
  }, 180_000);

  test("an outage longer than its session: it says why it waits, and joins again by itself", async () => {
    await using broker = await startMortal();
    await using stage = await openStage(broker.address);
    const topic = await stage.topic(1);
    const seen: Seen[] = [];
    const told = listener();
    const options = { topics: [topic], sessionTimeoutMs: 6_000, heartbeatIntervalMs: 500, emit: told.emit };
    const consumer = await stage.consume({ ...options, handle: noting(seen) });
    await stage.produce(topic, 0, { count: 10 });
    await until("all is committed", () => consumer.lag()[0]?.committed === 10n);

    await broker.kill();
    await until("it has given its place up", () => consumer.state().state === "joining", { timeoutMs: 20_000 });
    expect(consumer.state().why).toMatch(/UNAVAILABLE|DISCONNECTED/);
    await broker.start();
    await until("the broker answers", () => stage.admin.ping().then(() => true), { timeoutMs: 30_000 });
    await stage.produce(topic, 0, { count: 10, from: 10 });

    await until("it reads again", () => seen.length === 20, { timeoutMs: 30_000 });
    expect(of(seen, 0)).toEqual(values(0, 20));
    expect(consumer.state().state).toBe("stable");
  }, 180_000);

  test.skipIf(without("brokers"))(
    "the death and the freezing of each of three brokers, its coordinator among them",
    async () => {
      await using brokers = await startThreeBrokers();
      await using stage = await openStage(brokers.brokers.map(({ address }) => address).join(","));
      const topic = await stage.topic(6, 3);
      const seen: Seen[] = [];
      const consumer = await stage.consume({ topics: [topic], sessionTimeoutMs: 10_000, handle: noting(seen) });
      let written = 0;
      const handledAll = async () => {
        for (let partition = 0; partition < 6; partition++) {
          await stage.produce(topic, partition, { count: 10, from: written });
        }
        written += 10;
        await until(`${written} of each are handled`, () => distinct(seen) === 6 * written, { timeoutMs: 60_000 });
      };
      await handledAll();

      for (const broker of brokers.brokers) {
        await broker.kill();
        await handledAll();
        await broker.start();
        await handledAll();
        await broker.pause();
        await handledAll();
        await broker.unpause();
        await handledAll();
      }

      for (let partition = 0; partition < 6; partition++) {
        expect([...new Set(of(seen, partition))]).toEqual(values(0, written));
      }
      expect(consumer.state().blocked).toEqual([]);
    },
    400_000,
  );
});

const distinct = (seen: readonly Seen[]): number =>
  new Set(seen.map(({ partition, offset }) => `${partition}/${offset}`)).size;
