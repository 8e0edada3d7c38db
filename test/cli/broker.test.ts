import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESSAGES } from "../../src/broker/protocol/index.ts";
import { batchOf } from "../support/broker/batch.ts";
import { connectWire } from "../support/broker/client.ts";
import { append, LATEST, offsetOf } from "../support/broker/requests.ts";
import { startSluiceBroker } from "../support/broker/sluice-broker.ts";
import { sluice } from "../support/sluice.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-broker-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("`sluice broker` says where it listens, makes the topics, and ends with 0 when it is asked to stop", async () => {
  const { addresses, ended, kill } = await startSluiceBroker(
    "--port",
    "0",
    "--nodes",
    "2",
    "--topic",
    "orders:3",
    "--topic",
    "mails",
  );
  expect(addresses.length).toBe(2);
  await using client = await connectWire(addresses[1] ?? "");
  const { topics, brokers } = await client.call(MESSAGES.metadata, 12, { topics: null });
  expect(brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(addresses);
  expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
    ["orders", 3],
    ["mails", 1],
  ]);
  kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("with --data everything is there after the process was killed", async () => {
  const first = await startSluiceBroker("--port", "0", "--topic", "orders", "--data", folder);
  const client = await connectWire(first.addresses[0] ?? "");
  await append(client, "orders", batchOf({ records: [{ value: "a" }, { value: "b" }] }));
  first.kill("SIGKILL");
  await first.ended;

  const second = await startSluiceBroker("--port", "0", "--data", folder);
  await using again = await connectWire(second.addresses[0] ?? "");
  expect((await offsetOf(again, "orders", LATEST)).offset).toBe(2n);
  second.kill("SIGINT");
  expect(await second.ended).toBe(0);
});

test("a port that is taken is told, and what to do", async () => {
  using other = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { code, err } = await sluice(["broker", "--port", String(other.port)], { LOG_LEVEL: "silent" });
  expect({ code, err }).toEqual({
    code: 1,
    err: `sluice: The broker cannot listen on 127.0.0.1:${other.port}: the port is taken; 0 picks a free one.\n`,
  });
});

test.each([
  [["--topic", "orders:many"], "a number of partitions"],
  [["--nodes", "0"], "from 1 to 100"],
  [["--port", "70000"], "up to 65535"],
  [["--user", "nobody"], "a name and a password"],
  [["--port", "0", "--topic", "a b"], "'a b' contains one or more characters other than"],
])("%j is refused with a sentence", async (args, sentence) => {
  const { code, err } = await sluice(["broker", ...args], { LOG_LEVEL: "silent" });
  expect(code).toBe(1);
  expect(err).toContain(sentence);
});
