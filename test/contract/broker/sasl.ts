import { expect } from "bun:test";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { ERROR_CODES, MESSAGES } from "../../../src/broker/protocol/index.ts";
import type { WireClient } from "../../support/broker/client.ts";
import { type BrokerUnderTest, brokerSuite } from "./suite.ts";

/** Who is let in. */
export interface User {
  readonly username: string;
  readonly password: string;
}

const MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const PLAIN_REFUSED = "Authentication failed: Invalid username or password";
const scramRefused = (mechanism: string) =>
  `Authentication failed during authentication due to invalid credentials with SASL mechanism ${mechanism}`;

const handshake = (client: WireClient, mechanism: string) => client.call(MESSAGES.saslHandshake, 1, { mechanism });

const authenticate = (client: WireClient, text: string, version = 2) =>
  client.call(MESSAGES.saslAuthenticate, version, { authBytes: Buffer.from(text) });

const plain = (username: string, password: string, authorizationId = "") =>
  `${authorizationId}\0${username}\0${password}`;

/** Anything that only a client who has authenticated is answered. */
const askCluster = (client: WireClient) =>
  client.call(MESSAGES.describeCluster, 0, { includeClusterAuthorizedOperations: false });

type Exchange = (text: string) => Promise<{ readonly authBytes: Buffer }>;

/** Messages in SaslAuthenticate, and after the first version of the handshake without anything but their size. */
const framed = (client: WireClient) => (text: string) => authenticate(client, text);
const bare =
  (client: WireClient): Exchange =>
  async (text) => {
    const answered = Promise.withResolvers<Buffer>();
    client.rawAnswer(answered.resolve);
    const size = Buffer.alloc(4);
    size.writeInt32BE(text.length);
    client.raw(Buffer.concat([size, Buffer.from(text)]));
    return { authBytes: await answered.promise };
  };

/** The client's side of SCRAM (RFC 5802), as far as a test needs it. */
async function scram<A extends Awaited<ReturnType<Exchange>>>(
  exchange: (text: string) => Promise<A>,
  mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512",
  { username, password }: User,
  sent: { readonly binding?: string; readonly nonce?: (nonce: string) => string } = {},
) {
  const hash = mechanism === "SCRAM-SHA-256" ? "sha256" : "sha512";
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest();
  const begin = `n=${username},r=rOprNGfwEbeRWgbNEkqO`;
  const first = (await exchange(`n,,${begin}`)).authBytes.toString();
  const { r = "", s = "", i = "" } = Object.fromEntries(first.split(",").map((part) => [part[0], part.slice(2)]));
  const salted = pbkdf2Sync(password, Buffer.from(s, "base64"), Number(i), createHash(hash).digest().length, hash);
  const clientKey = hmac(salted, "Client Key");
  const withoutProof = `c=${sent.binding ?? "biws"},r=${sent.nonce?.(r) ?? r}`;
  const said = `${begin},${first},${withoutProof}`;
  const signature = hmac(createHash(hash).update(clientKey).digest(), said);
  const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0)));
  const answer = await exchange(`${withoutProof},p=${proof.toString("base64")}`);
  return { answer, iterations: Number(i), expected: `v=${hmac(hmac(salted, "Server Key"), said).toString("base64")}` };
}

/** For a broker that lets nobody in but this user. */
export const saslSuite = (target: BrokerUnderTest, user: User): void =>
  brokerSuite("authentication", target, (state) => {
    state("the mechanisms are told to a client that asks for another, and it is sent away", async ({ client }) => {
      const { errorCode, mechanisms } = await handshake(client, "GSSAPI");
      expect(errorCode).toBe(ERROR_CODES.UNSUPPORTED_SASL_MECHANISM);
      expect(new Set(mechanisms)).toEqual(new Set(MECHANISMS));
      await client.closed;
    });

    state("versions are told to everybody, anything else is not", async ({ client }) => {
      expect(await client.call(MESSAGES.apiVersions, 0, {})).toMatchObject({ errorCode: 0 });
      await expect(askCluster(client)).rejects.toThrow("the connection was closed");
    });

    for (const version of [0, 1, 2]) {
      state(`name and password let a client in (SaslAuthenticate v${version})`, async ({ client }) => {
        await handshake(client, "PLAIN");
        expect(await authenticate(client, plain(user.username, user.password), version)).toMatchObject({
          errorCode: 0,
          sessionLifetimeMs: 0n,
        });
        expect(await askCluster(client)).toMatchObject({ errorCode: 0 });
      });
    }

    state("after the first version of the handshake tokens stand alone", async ({ client }) => {
      await client.call(MESSAGES.saslHandshake, 0, { mechanism: "SCRAM-SHA-256" });
      const { answer, expected } = await scram(bare(client), "SCRAM-SHA-256", user);
      expect(answer.authBytes.toString()).toBe(expected);
      expect(await askCluster(client)).toMatchObject({ errorCode: 0 });
    });

    for (const mechanism of ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const) {
      state(`${mechanism} lets a client in, and proves that the broker knows the password too`, async ({ client }) => {
        await handshake(client, mechanism);
        const { answer, iterations, expected } = await scram(framed(client), mechanism, user);
        expect(answer).toMatchObject({ errorCode: 0, sessionLifetimeMs: 0n });
        expect(answer.authBytes.toString()).toBe(expected);
        expect(iterations).toBeGreaterThanOrEqual(4096);
        expect(await askCluster(client)).toMatchObject({ errorCode: 0 });
      });

      state(`${mechanism} refuses a wrong password`, async ({ client }) => {
        await handshake(client, mechanism);
        const { answer } = await scram(framed(client), mechanism, { ...user, password: "wrong" });
        expect(answer).toMatchObject({
          errorCode: ERROR_CODES.SASL_AUTHENTICATION_FAILED,
          errorMessage: scramRefused(mechanism),
        });
        await client.closed;
      });

      for (const [what, sent] of [
        ["another nonce", { nonce: (nonce: string) => nonce.slice(0, -1) }],
        ["another header", { binding: "eSws" }],
      ] as const) {
        state(`${mechanism} takes no proof for ${what} than the exchange had`, async ({ client }) => {
          await handshake(client, mechanism);
          const { answer } = await scram(framed(client), mechanism, user, sent);
          expect(answer.errorCode).toBe(ERROR_CODES.SASL_AUTHENTICATION_FAILED);
          await client.closed;
        });
      }

      for (const [what, message] of [
        ["nonsense", "garbage"],
        ["a request for channel binding", "p=tls-unique,,n=ada,r=abc"],
        ["a name to act for that is another's", "n,a=bob,n=ada,r=abc"],
        ["an escape that is none", "n,,n=a=2Dda,r=abc"],
      ] as const) {
        state(`${mechanism} refuses ${what}`, async ({ client }) => {
          await handshake(client, mechanism);
          expect((await authenticate(client, message)).errorCode).toBe(ERROR_CODES.SASL_AUTHENTICATION_FAILED);
          await client.closed;
        });
      }
    }

    state("a wrong password and an unknown user are refused in the same words", async ({ connect }) => {
      for (const token of [plain(user.username, "wrong"), plain("nobody", "wrong")]) {
        const client = await connect();
        await handshake(client, "PLAIN");
        const { errorCode, errorMessage } = await authenticate(client, token);
        expect([errorCode, errorMessage]).toEqual([ERROR_CODES.SASL_AUTHENTICATION_FAILED, PLAIN_REFUSED]);
        await client.closed;
      }
    });

    state("nobody acts in another's name", async ({ client }) => {
      await handshake(client, "PLAIN");
      const { errorCode } = await authenticate(client, plain(user.username, user.password, "bob"));
      expect(errorCode).toBe(ERROR_CODES.SASL_AUTHENTICATION_FAILED);
      await client.closed;
    });

    state("a mechanism is chosen once", async ({ client }) => {
      await handshake(client, "PLAIN");
      expect(await handshake(client, "SCRAM-SHA-256")).toEqual({
        errorCode: ERROR_CODES.ILLEGAL_SASL_STATE,
        mechanisms: [],
      });
      await client.closed;
    });

    state("whoever is in cannot authenticate again, and stays in", async ({ client }) => {
      await handshake(client, "PLAIN");
      await authenticate(client, plain(user.username, user.password));
      expect(await handshake(client, "PLAIN")).toEqual({ errorCode: ERROR_CODES.ILLEGAL_SASL_STATE, mechanisms: [] });
      expect(await authenticate(client, plain(user.username, user.password))).toMatchObject({
        errorCode: ERROR_CODES.ILLEGAL_SASL_STATE,
        errorMessage: "SaslAuthenticate request received after successful authentication",
      });
      expect(await askCluster(client)).toMatchObject({ errorCode: 0 });
    });

    state("a stranger's request is small, or is not read", async ({ client }) => {
      const claimed = Buffer.alloc(4);
      claimed.writeInt32BE(600_000);
      client.raw(claimed);
      await client.closed;
    });
  });
