import { describe, expect, test } from "bun:test";
import type { Socket } from "bun";
import { createHttp, type Surroundings } from "../../src/registry/http.ts";
import { createRegistry, RegistryError, type RegistrySettings } from "../../src/registry/index.ts";
import { startFakeConfluent } from "./fake-confluent.ts";

/** No waiting, no chance: the pauses asked for are written down. */
function still(): Surroundings & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    now: () => 0,
    random: () => 1,
    sleep: async (ms) => {
      pauses.push(ms);
    },
  };
}

function clientOf(settings: RegistrySettings) {
  const surroundings = still();
  return { http: createHttp(settings, surroundings), pauses: surroundings.pauses };
}

/** What a call ended with. */
async function failure(call: Promise<unknown>): Promise<RegistryError> {
  const error = await call.then(
    () => new Error("nothing failed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof RegistryError) return error;
  throw error;
}

/** A server that answers each connection with these raw bytes, or cuts it off. */
function startRaw(answer: (count: number, socket: Socket) => void) {
  let count = 0;
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (socket) => answer(++count, socket) },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    connections: () => count,
    [Symbol.dispose]: () => server.stop(true),
  };
}

const unavailable = () => new Response("<html>bad gateway</html>", { status: 503 });

describe("what is tried again", () => {
  test("a registry that answers 503 twice is asked a third time, after growing pauses", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(unavailable, unavailable);
    const { http, pauses } = clientOf({ url: fake.url, retryDelayMs: 100 });

    expect(await http.send({ path: ["subjects"] })).toEqual([]);
    expect(fake.requests).toHaveLength(3);
    expect(pauses).toEqual([100, 200]);
  });

  test("a registry that stays unavailable is given up after the attempts allowed, with its status", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(unavailable, unavailable, unavailable, unavailable);
    const { http, pauses } = clientOf({ url: fake.url, attempts: 3, retryDelayMs: 100, retryDelayMsMax: 150 });

    const error = await failure(http.send({ path: ["subjects"] }));
    expect([error.kind, error.status]).toEqual(["UNAVAILABLE", 503]);
    expect(fake.requests).toHaveLength(3);
    expect(pauses).toEqual([100, 150]);
  });

  test("chance takes up to half off a pause", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(unavailable);
    const surroundings = { ...still(), random: () => 0 };
    const pauses: number[] = [];
    const sleep = async (ms: number) => {
      pauses.push(ms);
    };
    await createHttp({ url: fake.url, retryDelayMs: 100 }, { ...surroundings, sleep }).send({ path: ["subjects"] });
    expect(pauses).toEqual([50]);
  });

  test.each([400, 401, 403, 404, 408, 409, 422, 429])("a status %d is never tried again", async (status) => {
    using fake = startFakeConfluent();
    fake.instead.push(() => Response.json({ error_code: status, message: "no" }, { status }));
    const { http } = clientOf({ url: fake.url });

    expect((await failure(http.send({ path: ["subjects"] }))).status).toBe(status);
    expect(fake.requests).toHaveLength(1);
  });

  test("a connection that is reset is made again", async () => {
    using raw = startRaw((count, socket) => {
      if (count < 3) return socket.terminate();
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]");
      return undefined;
    });
    const { http } = clientOf({ url: raw.url });
    expect(await http.send({ path: ["subjects"] })).toEqual([]);
    expect(raw.connections()).toBe(3);
  });

  test("an answer that breaks off in the middle is asked for again", async () => {
    using raw = startRaw((count, socket) => {
      const body = count === 1 ? "[" : '["a"]';
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\n${body}`);
    });
    const { http } = clientOf({ url: raw.url });
    expect(await http.send({ path: ["subjects"] })).toEqual(["a"]);
  });

  test("a port where nobody listens is UNREACHABLE, after the attempts allowed", async () => {
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    const url = `http://127.0.0.1:${server.port}`;
    server.stop(true);
    const { http, pauses } = clientOf({ url, attempts: 2 });
    expect((await failure(http.send({ path: ["subjects"] }))).kind).toBe("UNREACHABLE");
    expect(pauses).toHaveLength(1);
  });

  test("an answer that takes too long is TIMEOUT, and not asked for again", async () => {
    using raw = startRaw(() => {});
    const { http } = clientOf({ url: raw.url, timeoutMs: 50 });
    expect((await failure(http.send({ path: ["subjects"] }))).kind).toBe("TIMEOUT");
    expect(raw.connections()).toBe(1);
  });

  test("a body that drips in is over at the timeout too", async () => {
    using raw = startRaw((_count, socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n[");
    });
    const { http } = clientOf({ url: raw.url, timeoutMs: 50 });
    expect((await failure(http.send({ path: ["subjects"] }))).kind).toBe("TIMEOUT");
  });

  test("closing ends what is under way, and what is asked later", async () => {
    using raw = startRaw(() => {});
    const { http } = clientOf({ url: raw.url });
    const running = failure(http.send({ path: ["subjects"] }));
    http.close();
    http.close();
    expect((await running).kind).toBe("CLOSED");
    expect((await failure(http.send({ path: ["subjects"] }))).kind).toBe("CLOSED");
  });
});

describe("answers that are none", () => {
  test("a page instead of JSON is NOT_A_REGISTRY, and says where it came from", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(() => new Response("<!DOCTYPE html>", { headers: { "content-type": "text/html" } }));
    const error = await failure(clientOf({ url: fake.url }).http.send({ path: ["subjects"] }));
    expect(error.kind).toBe("NOT_A_REGISTRY");
    expect(error.message).toContain(`${fake.url}/subjects`);
  });

  test("a path that the registry does not know is NOT_A_REGISTRY, not a missing subject", async () => {
    using fake = startFakeConfluent({ path: "/apis/ccompat/v7" });
    const registry = createRegistry({ url: `${fake.url}/wrong` });
    expect((await failure(registry.versions("a"))).kind).toBe("NOT_A_REGISTRY");
  });

  test("an answer of another shape is NOT_A_REGISTRY", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(() => Response.json({ hello: 1 }));
    expect((await failure(createRegistry({ url: fake.url }).subjects())).kind).toBe("NOT_A_REGISTRY");
  });

  test("an answer over the limit is refused, however well it is packed", async () => {
    using fake = startFakeConfluent();
    const packed = Bun.gzipSync(new Uint8Array(1_000_000).fill(32));
    fake.instead.push(() => new Response(packed, { headers: { "content-encoding": "gzip" } }));
    const { http } = clientOf({ url: fake.url, answerBytesMax: 100_000 });
    expect(packed.length).toBeLessThan(10_000);
    expect((await failure(http.send({ path: ["subjects"] }))).kind).toBe("ANSWER_TOO_LARGE");
  });

  test("a packed answer is unpacked", async () => {
    using fake = startFakeConfluent();
    fake.instead.push(
      () => new Response(Bun.gzipSync(Buffer.from('["a"]')), { headers: { "content-encoding": "gzip" } }),
    );
    expect(await createRegistry({ url: fake.url }).subjects()).toEqual(["a"]);
  });

  test("a redirect is not followed: the password would go along", async () => {
    using elsewhere = startFakeConfluent();
    using fake = startFakeConfluent();
    fake.instead.push(() => Response.redirect(`${elsewhere.url}/subjects`, 307));
    const { http } = clientOf({ url: fake.url, username: "u", password: "p" });
    const error = await failure(http.send({ path: ["subjects"] }));
    expect(error.kind).toBe("NOT_A_REGISTRY");
    expect(error.message).toContain(elsewhere.url);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe("addresses and credentials", () => {
  test.each(["", "/"])("a base URL with a path, ending in '%s', has everything below it", async (end) => {
    using fake = startFakeConfluent({ path: "/apis/ccompat/v7" });
    expect(await createRegistry({ url: `${fake.url}${end}` }).subjects()).toEqual([]);
    expect(fake.requests).toEqual(["GET /subjects"]);
  });

  test("user name and password go along with each request", async () => {
    using fake = startFakeConfluent({ credentials: "sluice:gehe:im" });
    const registry = createRegistry({ url: fake.url, username: "sluice", password: "gehe:im" });
    expect(await registry.subjects()).toEqual([]);
  });

  test("they may stand in the URL, and are not shown in errors", async () => {
    using fake = startFakeConfluent({ credentials: "sluice:a/b" });
    const url = fake.url.replace("http://", "http://sluice:a%2Fb@");
    expect(await createRegistry({ url }).subjects()).toEqual([]);
    const error = await failure(createRegistry({ url: url.replace("%2Fb", "nother") }).subjects());
    expect(error.kind).toBe("UNAUTHORIZED");
    expect(error.message).not.toContain("another");
  });

  test("a wrong password is UNAUTHORIZED, with the registry's number", async () => {
    using fake = startFakeConfluent({ credentials: "sluice:right" });
    const error = await failure(createRegistry({ url: fake.url, username: "sluice", password: "wrong" }).subjects());
    expect([error.kind, error.status, error.code]).toEqual(["UNAUTHORIZED", 401, 401]);
  });

  test("a certificate is trusted when its authority is given, and not otherwise", async () => {
    const [key, cert] = await Promise.all(
      ["key.pem", "certificate.pem"].map((name) => Bun.file(`${import.meta.dir}/tls/${name}`).text()),
    );
    if (key === undefined || cert === undefined) throw new Error("the fixtures are there");
    using fake = startFakeConfluent({ tls: { key, cert } });
    expect(await createRegistry({ url: fake.url, ca: cert }).subjects()).toEqual([]);
    expect((await failure(createRegistry({ url: fake.url, attempts: 1 }).subjects())).kind).toBe("UNREACHABLE");
  });

  test.each(["", "registry:8081", "ftp://registry"])("'%s' is no address of a registry", (url) => {
    expect(() => createRegistry({ url })).toThrow(RegistryError);
  });

  test("a subject with a slash is one part of the path", async () => {
    using fake = startFakeConfluent();
    const urls: string[] = [];
    fake.instead.push((request) => {
      urls.push(request.url);
      return undefined;
    });
    await createRegistry({ url: fake.url }).versions("a/b ü");
    expect(urls).toEqual([`${fake.url}/subjects/a%2Fb%20%C3%BC/versions`]);
  });

  test.each(["", ".", "..", "\ud800"])("%j can't be a subject, and is not asked for", async (subject) => {
    using fake = startFakeConfluent();
    expect((await failure(createRegistry({ url: fake.url }).versions(subject))).kind).toBe("REFUSED");
    expect(fake.requests).toEqual([]);
  });
});
