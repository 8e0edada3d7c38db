import { expect, test } from "bun:test";
import { choosePorts } from "../../../src/cli/dev/ports.ts";
import { freePort } from "../../support/free-port.ts";

const taken = (port: number) => Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });

test("the usual port is taken where it is free", async () => {
  const usual = await freePort();
  const { http } = choosePorts({ http: { option: "--port", given: undefined, usual } });
  expect(http).toEqual({ port: usual, instead: undefined });
});

test("a usual port that is taken moves on, and says from where", async () => {
  const usual = await freePort();
  using _other = taken(usual);
  const { http } = choosePorts({ http: { option: "--port", given: undefined, usual } });
  expect(http.instead).toBe(usual);
  expect(http.port).toBeGreaterThan(usual);
});

test("a port that is taken on all addresses counts as taken", async () => {
  const usual = await freePort();
  using _other = Bun.listen({ hostname: "0.0.0.0", port: usual, socket: { data() {} } });
  expect(choosePorts({ http: { option: "--port", given: undefined, usual } }).http.instead).toBe(usual);
});

test("a port that an option names is never another", async () => {
  const given = await freePort();
  using _other = taken(given);
  expect(() => choosePorts({ kafka: { option: "--kafka-port", given, usual: 9092 } })).toThrow(
    `--kafka-port ${given}: the port is taken; 0 picks a free one.`,
  );
});

test("no port is chosen twice", async () => {
  const usual = await freePort();
  const { a, b } = choosePorts({
    a: { option: "--a", given: undefined, usual },
    b: { option: "--b", given: undefined, usual },
  });
  expect(a.port).not.toBe(b.port);
});
